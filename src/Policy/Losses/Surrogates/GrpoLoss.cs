using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Surrogates;

/// <summary>
/// The token surrogates of the GRPO family: PPO-clip with separate bounds, which differ by their reduction.
/// <list type="bullet">
/// <item>GRPO (Shao et al. 2024): mean per response, then over responses. Its advantages are standardised within groups
/// and its divergence is part of the loss: both are settings of their own.</item>
/// <item>BNPO, and DAPO (Yu et al. 2025): mean over all tokens of the batch; DAPO's upper bound is higher
/// (clip-higher), its groups without spread are dropped and its overlong responses penalised, which are settings of the
/// advantages. As published BNPO divides by the tokens of one micro-batch; here by those of the optimiser step,
/// whatever the micro-batches.</item>
/// <item>Dr. GRPO (Liu et al. 2025): sum over a response divided by a constant length, so that length cancels
/// nowhere.</item>
/// </list>
/// </summary>
/// <param name="Reduction">Which of these losses, by how token losses become one number.</param>
/// <param name="ClipLow">How far below 1 a ratio is trusted.</param>
/// <param name="ClipHigh">How far above 1 a ratio is trusted.</param>
/// <param name="RatioCap">
/// Largest ratio of the unclipped term (INTELLECT-2's two-sided clip): bounds tokens with negative advantages as
/// Pre-CLIP does, from above alone. Infinite: not capped.
/// </param>
public sealed record GrpoLoss(
    TokenReduction Reduction = TokenReduction.SequenceMean,
    double ClipLow = 0.2,
    double ClipHigh = 0.2,
    double RatioCap = double.PositiveInfinity) : IPolicyLoss
{
    /// <inheritdoc/>
    public ClipRange Clip => ClipRange.Around(ClipLow, ClipHigh) with { Cap = RatioCap };

    /// <inheritdoc/>
    public Tensor PerToken(PolicyTokens tokens)
    {
        using var scope = NewDisposeScope();
        var ratio = tokens.LogRatios().exp();
        var clipped = ratio.clamp(Kept(Clip.Low), Kept(Clip.High)) * tokens.Advantages;
        return minimum(ratio.clamp(max: Kept(RatioCap)) * tokens.Advantages, clipped).neg().MoveToOuterDisposeScope();
    }
}
