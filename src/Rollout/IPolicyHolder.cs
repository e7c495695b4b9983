using R1Reward.Data;

namespace R1Reward.Rollout;

/// <summary>
/// Holds the policy that a <see cref="GenerationThread{TWeights}"/> samples from. Used on that thread alone.
/// </summary>
/// <typeparam name="TWeights">What names weights: a folder, a reference to a published version.</typeparam>
public interface IPolicyHolder<in TWeights> : IDisposable
{
    /// <summary>Whether these weights are loaded.</summary>
    bool Holds(TWeights weights);

    /// <summary>Loads weights in place of those before; nothing is in flight.</summary>
    /// <returns>
    /// The engine over them, which the holder disposes: the one before where only its weights changed.
    /// </returns>
    /// <exception cref="UserErrorException">The weights are no model, or the device is not there.</exception>
    GenerationEngine Load(TWeights weights, CancellationToken cancel);
}
