using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Newtonsoft.Json.Linq;

namespace R1Reward.Cli.Measuring;

/// <summary>The same work in PyTorch: <c>bench/peer/peer.py</c>, which lies beside the program.</summary>
internal static class PeerProgram
{
    /// <summary>Runs the peer at a shape.</summary>
    /// <returns>Its figures, or why there are none.</returns>
    public static (JObject? Figures, string? Missing) Run(string mode, BenchShape shape, BenchOptions options)
    {
        if (options.Python is not { } python)
        {
            return (null, "not asked for");
        }

        var start = new ProcessStartInfo(python) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "peer.py"));
        start.ArgumentList.Add(mode);
        var training = mode == "train";
        var length = training ? shape.TrainLength + 1 : shape.PromptTokens + shape.NewTokens;
        var sizes = new (string Name, int Value)[]
        {
            ("hidden", shape.Config.HiddenSize), ("layers", shape.Config.Layers), ("heads", shape.Config.Heads),
            ("kv-heads", shape.Config.KeyValueHeads), ("ffn", shape.Config.IntermediateSize),
            ("vocabulary", shape.Config.VocabularySize),
            ("rows", training ? shape.TrainRows : shape.Sequences), ("prompt", shape.PromptTokens),
            ("new", shape.NewTokens), ("length", shape.TrainLength), ("micro", options.MicroRows(length)),
            ("threads", options.Threads), ("rounds", options.Rounds),
        };
        foreach (var (name, value) in sizes)
        {
            start.ArgumentList.Add($"--{name}");
            start.ArgumentList.Add(value.ToString(CultureInfo.InvariantCulture));
        }

        start.ArgumentList.Add("--dtype");
        start.ArgumentList.Add(options.Dtype);
        return Read(start);
    }

    private static (JObject? Figures, string? Missing) Read(ProcessStartInfo start)
    {
        try
        {
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? (JObject.Parse(output), null)
                : (null, $"{start.FileName}: {errors.Result.TrimEnd().Split('\n')[^1]}");
        }
        catch (Win32Exception failure)
        {
            return (null, failure.Message);
        }
    }
}
