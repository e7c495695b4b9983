using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace R1Reward.Policy.Losses.Preference;

/// <summary>
/// Losses over logits (B, T, V) at tokens, in float32. Labels of <see cref="IgnoredLabel"/> do not count.
/// </summary>
public static class TokenLosses
{
    /// <summary>Label of a token that is not learned.</summary>
    public const long IgnoredLabel = -100;

    /// <summary>
    /// Next-token cross-entropy: logits at t against the label at t+1, mean over labelled targets. Packed rows need
    /// nothing else, for the label at the start of each segment is ignored by whoever packs.
    /// </summary>
    public static Tensor NextToken(Tensor logitsBTV, Tensor labelsBT)
    {
        using var scope = NewDisposeScope();
        var tokens = labelsBT.size(1) - 1;
        return cross_entropy(
            logitsBTV.narrow(1, 0, tokens).reshape(-1, logitsBTV.size(2)).to(ScalarType.Float32),
            labelsBT.narrow(1, 1, tokens).reshape(-1),
            ignore_index: IgnoredLabel).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Distillation: mean over labelled positions of -sum over the vocabulary of teacher probability times student
    /// log-probability. Labels are not shifted. An entry where the student's logit is infinite contributes 0.
    /// </summary>
    public static Tensor Distillation(Tensor studentBTV, Tensor teacherBTV, Tensor labelsBT)
    {
        using var scope = NewDisposeScope();
        var products = teacherBTV.softmax(-1, ScalarType.Float32) * studentBTV.log_softmax(-1, ScalarType.Float32);
        var perToken = products.masked_fill(studentBTV.isfinite().logical_not(), Kept(0)).sum(-1);
        var counted = labelsBT.ne(Kept(IgnoredLabel)).to(ScalarType.Float32);
        return (perToken * counted).sum().div(counted.sum().clamp(min: Kept(1))).neg().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Process reward: cross-entropy at the positions that hold the placeholder token, among the reward tokens or,
    /// where none are named, the whole vocabulary. Integer labels are token ids; float labels are the probability of
    /// the first of exactly two reward tokens.
    /// </summary>
    /// <returns>The loss, and the share of positions whose most likely reward token is the label's.</returns>
    public static (Tensor Loss, Tensor Accuracy) ProcessReward(
        Tensor logitsBTV, Tensor idsBT, Tensor labelsBT, long placeholder, IReadOnlyList<long>? rewardTokens)
    {
        using var scope = NewDisposeScope();
        var places = idsBT.reshape(-1).eq(Kept(placeholder)).nonzero().squeeze(-1);
        var logits = logitsBTV.reshape(-1, logitsBTV.size(2)).index_select(0, places).to(ScalarType.Float32);
        var labels = labelsBT.reshape(-1).index_select(0, places);
        if (rewardTokens is not null)
        {
            var columns = tensor(rewardTokens.ToArray(), dtype: ScalarType.Int64, device: logits.device);
            logits = logits.index_select(1, columns);
        }

        Tensor loss;
        Tensor best;
        if (labels.is_floating_point())
        {
            if (rewardTokens is not { Count: 2 })
            {
                var given = rewardTokens?.Count.ToString() ?? "the whole vocabulary";
                throw new InvalidOperationException($"soft labels need exactly two reward tokens, not {given}");
            }

            var targets = stack([labels, labels.OneMinus()], -1);
            loss = (targets * logits.log_softmax(-1)).sum(-1).mean().neg();
            best = targets.argmax(-1);
        }
        else
        {
            best = rewardTokens is null ? labels : Positions(labels, rewardTokens);
            loss = cross_entropy(logits, best);
        }

        var accuracy = logits.argmax(-1).eq(best).to(ScalarType.Float32).mean();
        return (loss.MoveToOuterDisposeScope(), accuracy.MoveToOuterDisposeScope());
    }

    private static Tensor Positions(Tensor labels, IReadOnlyList<long> rewardTokens)
    {
        var positions = full_like(labels, Kept(IgnoredLabel));
        for (var i = 0; i < rewardTokens.Count; i++)
        {
            positions = positions.masked_fill(labels.eq(Kept(rewardTokens[i])), Kept(i));
        }

        return positions;
    }
}
