namespace R1Reward.Cli.Measuring;

/// <summary>How a benchmark is run.</summary>
/// <param name="Shapes">The shapes, in this order.</param>
/// <param name="Dtype"><c>float32</c> or <c>bfloat16</c>.</param>
/// <param name="Threads">Threads of tensor operations, at least 1.</param>
/// <param name="Parts">Parts in which sequences are decoded; 0: as many as the threads are good for.</param>
/// <param name="Rounds">Measurements, of which the median counts.</param>
/// <param name="BatchInvariant">
/// Whether the model computes all log-probabilities alike, however they are batched; to see what that costs.
/// </param>
/// <param name="Python">The Python that runs the peer; null: no peer.</param>
internal sealed record BenchOptions(
    IReadOnlyList<BenchShape> Shapes,
    string Dtype,
    int Threads,
    int Parts,
    int Rounds,
    bool BatchInvariant,
    string? Python)
{
    /// <summary>What a run has where its configuration does not say.</summary>
    public const int DefaultMicroBatchTokens = 2048;

    /// <summary>Tokens of a forward pass in training, of the peer's as well.</summary>
    public int MicroBatchTokens { get; init; } = DefaultMicroBatchTokens;

    /// <summary>Whether this program's training keeps no activations within layers.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>Rows of so many tokens that go into a pass.</summary>
    public int MicroRows(int length) => Math.Max(1, MicroBatchTokens / length);
}
