using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// GMPO (Zhao et al. 2025): the advantage times the geometric mean of a response's ratios. Differences from GSPO: each
/// token's log-ratio is clipped before the mean, on the side of its advantage's sign, so one token far off costs its
/// own share and not the whole response's gradient.
/// </summary>
/// <param name="ClipLow">How far below 0 a log-ratio is trusted; a log-ratio, not a ratio.</param>
/// <param name="ClipHigh">How far above 0.</param>
public sealed record GmpoLoss(double ClipLow = 0.4, double ClipHigh = 0.4) : IPolicyLoss
{
    /// <inheritdoc/>
    public TokenReduction Reduction => TokenReduction.SequenceMean;

    /// <inheritdoc/>
    public ClipRange Clip => new(Math.Exp(-ClipLow), Math.Exp(ClipHigh));

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var logRatios = tokens.LogRatios();
        var sign = tokens.Advantages.sign();
        var clipped = minimum(logRatios * sign, logRatios.clamp(Kept(-ClipLow), Kept(ClipHigh)) * sign) * sign;
        return (tokens.Means(clipped).exp() * tokens.Advantages).neg().MoveToOuterDisposeScope();
    }
}
