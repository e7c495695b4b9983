using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange;

/// <summary>A learner alone, which has nobody to exchange anything with.</summary>
public sealed class OneRank : ICollective
{
    private OneRank()
    {
    }

    /// <summary>The only one there needs to be.</summary>
    public static OneRank Alone { get; } = new();

    /// <inheritdoc/>
    public int Rank => 0;

    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public void ReduceScatter(Tensor flat)
    {
        // The sum over one rank is there already.
    }

    /// <inheritdoc/>
    public void AllGather(Tensor flat)
    {
        // Every part is this rank's.
    }

    /// <inheritdoc/>
    public double[][] Gather(double[] own) => [own];

    /// <inheritdoc/>
    public void Dispose()
    {
        // Holds nothing.
    }
}
