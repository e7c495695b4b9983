using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// Direct preference losses over log-probabilities (N) of whole responses. Whether these are sums over tokens or means
/// is the caller's choice and changes IPO a lot, and makes <see cref="Dpo"/> its length-normalised kin; the formulas
/// are those of the published sums.
/// </summary>
public static class PreferenceLosses
{
    /// <summary>
    /// DPO (Rafailov et al. 2023) with label smoothing: -(1-s) ln sigmoid(beta h) - s ln sigmoid(-beta h), h the
    /// log-ratio margin.
    /// </summary>
    public static Tensor Dpo(PairLogProbs pairs, double beta, double labelSmoothing = 0)
    {
        using var scope = NewDisposeScope();
        var margin = pairs.Margin() * Kept(beta);
        var asLabelled = logsigmoid(margin) * Kept(-(1 - labelSmoothing));
        var flipped = logsigmoid(margin.neg()) * Kept(labelSmoothing);
        return (asLabelled - flipped).mean().MoveToOuterDisposeScope();
    }

    /// <summary>DPO that stays unbiased when a share of the labels is flipped (Chowdhury et al. 2024).</summary>
    public static Tensor Robust(PairLogProbs pairs, double beta, double flippedShare)
    {
        using var scope = NewDisposeScope();
        var margin = pairs.Margin() * Kept(beta);
        return (logsigmoid(margin) * Kept(-(1 - flippedShare))).Plus(logsigmoid(margin.neg()) * Kept(flippedShare))
            .mean().div(Kept(1 - (2 * flippedShare))).MoveToOuterDisposeScope();
    }

    /// <summary>Hinge (Zhao et al. 2023): max(0, 1 - beta h).</summary>
    public static Tensor Hinge(PairLogProbs pairs, double beta)
    {
        using var scope = NewDisposeScope();
        var margin = pairs.Margin() * Kept(beta);
        return margin.OneMinus().clamp(min: Kept(0)).mean().MoveToOuterDisposeScope();
    }

    /// <summary>IPO (Azar et al. 2023): (h - 1 / (2 beta))^2.</summary>
    public static Tensor Ipo(PairLogProbs pairs, double beta)
    {
        using var scope = NewDisposeScope();
        var margin = pairs.Margin();
        return margin.Plus(-1 / (2 * beta)).Squared().mean().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// KTO on pairs (Ethayarajh et al. 2024): each side is compared with the mean log-ratio of the other, clamped at 0.
    /// As published these means carry gradient.
    /// </summary>
    public static Tensor KtoPaired(PairLogProbs pairs, double beta)
    {
        using var scope = NewDisposeScope();
        var chosen = pairs.PolicyChosenN - pairs.ReferenceChosenN;
        var rejected = pairs.PolicyRejectedN - pairs.ReferenceRejectedN;
        var chosenLoss = ((chosen - rejected.mean().clamp(min: Kept(0))) * Kept(beta)).sigmoid().OneMinus();
        var rejectedLoss = ((chosen.mean().clamp(min: Kept(0)) - rejected) * Kept(beta)).sigmoid().OneMinus();
        return cat([chosenLoss, rejectedLoss], 0).mean().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// KTO without pairs: the divergence is estimated on other responses, without gradient, and clamped at 0. One side
    /// may be empty.
    /// </summary>
    public static Tensor KtoUnpaired(
        Tensor policyChosenN,
        Tensor policyRejectedM,
        Tensor referenceChosenN,
        Tensor referenceRejectedM,
        Tensor policyKlK,
        Tensor referenceKlK,
        KtoOptions options)
    {
        using var scope = NewDisposeScope();
        var kl = (policyKlK - referenceKlK).mean().clamp(min: Kept(0)).detach();
        var chosen = ((policyChosenN - referenceChosenN - kl) * Kept(options.Beta)).sigmoid().OneMinus();
        var rejected = ((kl - (policyRejectedM - referenceRejectedM)) * Kept(options.Beta)).sigmoid().OneMinus();
        var weighted = cat([chosen * Kept(options.DesirableWeight), rejected * Kept(options.UndesirableWeight)], 0);
        return weighted.mean().MoveToOuterDisposeScope();
    }

    /// <summary>beta * (policy - reference): what DPO says a response is worth. Without gradient.</summary>
    public static Tensor ImplicitRewards(Tensor policyN, Tensor referenceN, double beta)
    {
        using var scope = NewDisposeScope();
        return ((policyN - referenceN) * Kept(beta)).detach().MoveToOuterDisposeScope();
    }
}
