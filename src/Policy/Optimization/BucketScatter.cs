using R1Reward.Policy.Exchange;
using R1Reward.Policy.Tracing;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>Gradients of one bucket on their way to the rank whose part they are.</summary>
/// <param name="state">Takes the own part of the sums.</param>
/// <param name="taken">The gradients, which nobody else has; disposed with this.</param>
/// <param name="ranks">The ranks.</param>
internal sealed class BucketScatter(RangeState state, Tensor taken, ICollective ranks) : IDisposable
{
    /// <summary>Adds them to the sums of the own part, summed over all ranks; from any thread.</summary>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    internal void Exchange()
    {
        using var phase = TrainingPhases.Exchange();
        state.Scatter(taken, ranks);
    }

    /// <inheritdoc/>
    public void Dispose() => taken.Dispose();
}
