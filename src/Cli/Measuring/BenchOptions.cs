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
    string? Python);
