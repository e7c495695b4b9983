using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses;

/// <summary>
/// A policy loss with what may be added to any of them: a divergence from the reference in the loss, an entropy bonus,
/// and a mask of responses that the policy has moved too far away from.
/// </summary>
/// <param name="Loss">The surrogate.</param>
public sealed record PolicyObjective(IPolicyLoss Loss)
{
    /// <summary>The estimate of the divergence from the reference; null: none in the loss.</summary>
    public KlEstimator? Kl { get; init; }

    /// <summary>
    /// Whether the divergence is multiplied by the ratio of new to old probability, which makes its estimate unbiased
    /// on samples of an older policy (DeepSeek-V3.2).
    /// </summary>
    public bool KlTimesRatio { get; init; }

    /// <summary>Weight of the mean entropy that is subtracted from the loss; 0: none.</summary>
    public double EntropyBonus { get; init; }

    /// <summary>
    /// Responses with a negative advantage count only while the mean of ln(old / new) over their tokens is at most this
    /// (DeepSeek-V3.2's off-policy mask); null: all count.
    /// </summary>
    public double? OffPolicyLimit { get; init; }

    /// <summary>Which tokens are learned by their entropy.</summary>
    public EntropyRule EntropyFilter { get; init; }

    /// <summary>Share of the tokens that the entropy filter keeps, 0 to 1.</summary>
    public double EntropyShare { get; init; } = 0.2;

    /// <summary>Whether log-probabilities of the reference are needed.</summary>
    public bool NeedsReference => Kl is not null;

    /// <summary>Whether entropies are needed.</summary>
    public bool NeedsEntropies => EntropyBonus != 0;

    /// <summary>
    /// The loss of some responses of a batch, one number; the losses of all pieces of a batch add up to that of the
    /// batch.
    /// </summary>
    /// <param name="tokens">The responses.</param>
    /// <param name="weightsBT">Weight (B, T) of each token by <see cref="TokenWeights"/>; 0 at padding.</param>
    /// <param name="batchTokens">Counted tokens of the whole batch.</param>
    /// <param name="klCoefficient">Weight of the divergence.</param>
    public Tensor Compute(PolicyTokens tokens, Tensor weightsBT, double batchTokens, double klCoefficient)
    {
        using var scope = NewDisposeScope();
        var perToken = Loss.PerToken(tokens);
        if (OffPolicyLimit is { } limit)
        {
            var behind = tokens.Means(tokens.LogRatios().detach()).neg();
            perToken = perToken * tokens.Advantages.ge(Kept(0)).logical_or(behind.le(Kept(limit)));
        }

        if (tokens.Learned is not null)
        {
            perToken = perToken * tokens.Learned;
        }

        if (Kl is { } estimator)
        {
            var differences = tokens.LogProbs - tokens.ReferenceLogProbs!;
            var kl = KlDivergence.Estimate(estimator, differences) * Kept(klCoefficient);
            perToken = perToken.Plus(KlTimesRatio ? kl * tokens.LogRatios().exp() : kl);
        }

        var loss = (perToken * weightsBT).sum();
        if (NeedsEntropies)
        {
            loss = loss - ((tokens.Entropies! * tokens.Mask).sum() * Kept(EntropyBonus / batchTokens));
        }

        return loss.MoveToOuterDisposeScope();
    }
}
