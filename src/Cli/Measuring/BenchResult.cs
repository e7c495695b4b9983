using System.Globalization;
using Newtonsoft.Json.Linq;
using Spectre.Console;

namespace R1Reward.Cli.Measuring;

/// <summary>The rows of a benchmark, for programs and for people.</summary>
/// <param name="Bench">What was measured.</param>
/// <param name="Options">How.</param>
/// <param name="Roofline">What the machine can do, measured in the same run.</param>
/// <param name="Rows">One per shape.</param>
internal sealed record BenchResult(IBench Bench, BenchOptions Options, Roofline Roofline, IReadOnlyList<BenchRow> Rows)
{
    /// <summary>The result as <c>--json</c> prints it, rows first.</summary>
    public JObject ToJson() => new()
    {
        ["rows"] = new JArray(Rows.Select(row => row.ToJson(Options.Dtype, Bench.Rate))),
        ["threads"] = Options.Threads,
        ["gemm_gflops"] = Roofline.Flops / 1e9,
        ["bandwidth_gb_per_s"] = Roofline.Bytes / 1e9,
    };

    /// <summary>Prints a table, and below it what it is measured against.</summary>
    public void Print()
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("shape", "tokens/s", "peer", "ratio", "of the roofline", "peak MiB", "peer's");
        foreach (var row in Rows)
        {
            table.AddRow(
                row.Shape.Name,
                Number(row.TokensPerSecond, "N0"),
                Number(row.PeerTokensPerSecond, "N0"),
                Number(row.TokensPerSecond / row.PeerTokensPerSecond, "0.00"),
                Number(row.OfLimit, "P0"),
                Number(row.PeakMib, "N0"),
                Number((double?)row.Peer?["peak_mib"], "N0"));
        }

        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Options.Dtype}, {Options.Threads} threads; products at {Roofline.Flops / 1e9:N0} GFLOP/s, "
            + $"memory at {Roofline.Bytes / 1e9:N1} GB/s"));
        foreach (var row in Rows.Where(row => row.Invariant is not null))
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"batch-invariant: {row.Shape.Name} {row.Invariant:N0} tokens/s, "
                + $"{1 - row.InvariantCost:0.00} times as fast"));
        }

        if (Rows[0].Peer is { } peer)
        {
            Console.WriteLine($"peer: PyTorch {peer["torch"]}");
        }
        else
        {
            Console.WriteLine($"no peer: {Rows[0].PeerMissing}");
        }
    }

    private static string Number(double? value, string format) =>
        value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
