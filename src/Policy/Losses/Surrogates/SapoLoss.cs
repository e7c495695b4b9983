using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// SAPO (Gao et al. 2025): the ratio goes through a sigmoid gate, 4 / tau * sigmoid(tau * (ratio - 1)), whose slope is
/// 1 at ratio 1 and falls off smoothly. Difference from PPO-clip: no corner at which a token's gradient ends, and
/// negative advantages fall off faster.
/// </summary>
/// <param name="PositiveTemperature">Steepness of the gate for advantages above 0.</param>
/// <param name="NegativeTemperature">Steepness for the others.</param>
public sealed record SapoLoss(double PositiveTemperature = 1.0, double NegativeTemperature = 1.05) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.None;

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var temperatures = full_like(tokens.Advantages, Kept(NegativeTemperature))
            .masked_fill(tokens.Advantages.gt(Kept(0)), Kept(PositiveTemperature));
        var gate = (tokens.LogRatios().exp().Plus(-1) * temperatures).sigmoid() * Kept(4) / temperatures;
        return (gate * tokens.Advantages).neg().MoveToOuterDisposeScope();
    }
}
