using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>What this machine can do at most, as measured with the tensor library.</summary>
/// <param name="Flops">Floating-point operations per second of a matrix product.</param>
/// <param name="Bytes">Bytes per second that a copy reads and writes.</param>
internal sealed record Roofline(double Flops, double Bytes)
{
    private const int Attempts = 12;
    private const long Side = 1024;

    // Far more than the caches of a processor hold.
    private const long CopiedElements = 32L << 20;

    /// <summary>The best of several products and copies, on the calling thread.</summary>
    public static Roofline Measure(ScalarType dtype, TimeProvider time)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var a = ones([Side, Side], dtype: dtype, device: CPU);
        var source = zeros([CopiedElements], dtype: ScalarType.Float32, device: CPU);
        var target = zeros_like(source);
        return new(
            2.0 * Side * Side * Side / Best(time, () => a.mm(a)),
            2.0 * CopiedElements * sizeof(float) / Best(time, () => target.copy_(source)));
    }

    /// <summary>Seconds that some work takes here at least.</summary>
    public double Seconds(double flops, double bytes) => Math.Max(flops / Flops, bytes / Bytes);

    private static double Best(TimeProvider time, Func<Tensor> work)
    {
        var best = double.PositiveInfinity;
        for (var i = 0; i < Attempts; i++)
        {
            using var scope = NewDisposeScope();
            var start = time.GetTimestamp();
            work();
            best = Math.Min(best, time.GetElapsedTime(start).TotalSeconds);
        }

        return best;
    }
}
