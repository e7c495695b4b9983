namespace R1Reward.Policy.Losses;

/// <summary>How losses of tokens become the loss of a batch; each is a weight per token.</summary>
public enum TokenReduction
{
    /// <summary>
    /// Mean over each response's tokens, then over responses: long responses weigh no more than short ones.
    /// </summary>
    SequenceMean,

    /// <summary>Mean over all tokens of the batch: each token weighs the same.</summary>
    TokenMean,

    /// <summary>
    /// Sum over a response's tokens divided by the longest length there can be, then mean over responses.
    /// </summary>
    ConstantLength,

    /// <summary>Sum over each response's tokens, then mean over responses.</summary>
    SequenceSum,
}
