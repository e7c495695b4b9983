using R1Reward.Policy.Devices;
using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>Measures one benchmark at every shape, the peer in between, and the machine's limits at the end.</summary>
/// <param name="bench">What is measured.</param>
/// <param name="options">How.</param>
/// <param name="time">The clock.</param>
internal sealed class BenchSession(IBench bench, BenchOptions options, TimeProvider time)
{
    /// <summary>Runs it; the same process computes all rows, small shapes first.</summary>
    /// <param name="progress">Told what is measured next.</param>
    public BenchResult Run(Action<string> progress)
    {
        TensorLibrary.EnsureLoaded();
        var dtype = DtypeProbe.Select(options.Dtype, CPU);
        using var thread = new TorchThread("bench", options.Threads);
        var rows = new List<BenchRow>();
        foreach (var shape in options.Shapes)
        {
            progress($"{shape.Name}, {options.Dtype}");
            PeakMemory.Reset();
            var plain = options with { BatchInvariant = false };
            var rate = Measure(shape, plain);
            var peak = PeakMemory.ReadMib();
            double? invariant = null;
            if (options.BatchInvariant)
            {
                // In between, since the first measurement of a process is the slowest.
                invariant = Measure(shape, options);
                rate = (rate + Measure(shape, plain)) / 2;
            }

            progress($"{shape.Name}, the peer");
            var (peer, missing) = PeerProgram.Run(bench.Name, shape, options);
            rows.Add(new BenchRow(shape, rate, invariant, peak, peer, missing));
        }

        double Measure(BenchShape shape, BenchOptions how) =>
            thread.Run(() => bench.TokensPerSecond(shape, dtype, how)).GetAwaiter().GetResult();

        // Last, for its buffers would count in the peaks.
        var roofline = thread.Run(() => Roofline.Measure(dtype, time)).GetAwaiter().GetResult();
        return new BenchResult(bench, options, roofline,
        [
            .. rows.Select(row => row with
            {
                OfLimit = row.TokensPerSecond / bench.Limit(row.Shape, dtype, roofline),
            }),
        ]);
    }
}
