using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>Something whose tokens per second are measured.</summary>
internal interface IBench
{
    /// <summary>What the peer program calls it.</summary>
    string Name { get; }

    /// <summary>Name of the rate in results.</summary>
    string Rate { get; }

    /// <summary>Tokens per second at a shape, on the calling thread.</summary>
    double TokensPerSecond(BenchShape shape, ScalarType dtype, BenchOptions options);

    /// <summary>Tokens per second that the machine allows at most.</summary>
    double Limit(BenchShape shape, ScalarType dtype, Roofline roofline);
}
