using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// Bradley-Terry plus weight * L (MM-Reward's contrastive variant). With s the scores of all responses over the
/// temperature, the loss of response i is -ln(P / (P + N)): P sums exp(s_j - s_i) over the other responses of its side,
/// N over the responses of the other side. A batch of one pair has no P and no L. Differences: exact for any gap, and
/// without the published 1e-8 in N, which only matters where N is next to nothing.
/// </summary>
/// <param name="Temperature">What scores are divided by.</param>
/// <param name="Weight">Weight of L.</param>
/// <param name="AnchorIsNegative">
/// Whether the published slip is kept, by which N also counts the response itself, exp(0) = 1.
/// </param>
public sealed record ContrastiveLoss(double Temperature = 0.5, double Weight = 0.5, bool AnchorIsNegative = false)
    : IPairLoss
{
    /// <inheritdoc/>
    public bool ComparesPairs => true;

    /// <inheritdoc/>
    public Tensor PerPair(Tensor chosenN, Tensor rejectedN)
    {
        using var scope = NewDisposeScope();
        var pairs = new BradleyTerryLoss().PerPair(chosenN, rejectedN);
        if (chosenN.numel() < 2)
        {
            return pairs.MoveToOuterDisposeScope();
        }

        var contrast = OfSide(chosenN, rejectedN).Plus(OfSide(rejectedN, chosenN));
        return pairs.Plus(contrast * Kept(Weight / 2)).MoveToOuterDisposeScope();
    }

    // exp(-s_i) stands above and below the fraction line and is left out of both.
    private Tensor OfSide(Tensor ownN, Tensor othersN)
    {
        var count = ownN.size(0);
        var scaled = (ownN / Kept(Temperature)).unsqueeze(0).expand(count, count);
        var isAnchor = eye(count, dtype: ScalarType.Bool, device: ownN.device);
        var positive = scaled.masked_fill(isAnchor, Kept(double.NegativeInfinity));
        var negative = (othersN / Kept(Temperature)).unsqueeze(0).expand(count, count);
        var all = cat([AnchorIsNegative ? scaled : positive, negative], 1);
        return all.logsumexp(1) - positive.logsumexp(1);
    }
}
