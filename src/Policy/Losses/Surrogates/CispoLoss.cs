using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// CISPO (MiniMax-M1, 2025): policy gradient weighted by the capped ratio, which carries no gradient itself. Difference
/// from PPO-clip: every token keeps a gradient, a token beyond the cap a bounded one.
/// </summary>
/// <param name="RatioCap">Largest weight: a ratio, not a distance from 1.</param>
/// <param name="WholeSequence">Whether a response's geometric mean takes the place of each token's ratio.</param>
public sealed record CispoLoss(double RatioCap = 5, bool WholeSequence = false) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.TokenMean;

    /// <inheritdoc/>
    public ClipRange Clip => new(0, RatioCap, WholeSequence);

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var logRatios = tokens.LogRatios();
        var weights = (WholeSequence ? tokens.Means(logRatios) : logRatios).exp().clamp(max: Kept(RatioCap)).detach();
        return (weights * tokens.Advantages * tokens.LogProbs).neg().MoveToOuterDisposeScope();
    }
}
