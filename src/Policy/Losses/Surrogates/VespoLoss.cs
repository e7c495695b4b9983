using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// VESPO (2026): policy gradient weighted per response by phi(w) = w^k exp(lambda (1 - w)), w the ratio of the whole
/// response's probabilities; phi(1) = 1, and responses that have become much likelier or less likely fade out. The
/// weight carries no gradient. Difference from GSPO: the whole ratio, not its geometric mean, and no clip.
/// </summary>
/// <param name="PositivePower">The k where the advantage is 0 or more.</param>
/// <param name="PositiveDecay">Lambda where the advantage is 0 or more.</param>
/// <param name="NegativePower">The k where the advantage is below 0.</param>
/// <param name="NegativeDecay">Lambda where the advantage is below 0.</param>
public sealed record VespoLoss(
    double PositivePower = 2,
    double PositiveDecay = 3,
    double NegativePower = 3,
    double NegativeDecay = 2) : IPolicyLoss
{
    // Beyond these a ratio's weight is 0 in float32 anyhow, and the exponentials stay finite.
    private const double MaxLogRatio = 20;
    private static readonly double MinLogRatio = Math.Log(1e-8);

    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.TokenMean;

    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.None;

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        return (Weights(tokens) * tokens.Advantages * tokens.LogProbs).neg().MoveToOuterDisposeScope();
    }

    /// <summary>phi of each token's response (B, T); within one it follows the signs of advantages.</summary>
    internal Tensor Weights(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var logRatio = (tokens.LogRatios().detach().clamp(Kept(-MaxLogRatio), Kept(MaxLogRatio)) * tokens.Mask)
            .sum(-1, keepdim: true).clamp(Kept(MinLogRatio), Kept(MaxLogRatio));
        var negative = tokens.Advantages.lt(Kept(0));
        var power = full_like(tokens.Advantages, Kept(PositivePower)).masked_fill(negative, Kept(NegativePower));
        var decay = full_like(tokens.Advantages, Kept(PositiveDecay)).masked_fill(negative, Kept(NegativeDecay));
        return (power * logRatio).Plus(decay * logRatio.exp().OneMinus()).exp().MoveToOuterDisposeScope();
    }
}
