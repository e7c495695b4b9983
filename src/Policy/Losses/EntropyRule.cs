namespace R1Reward.Policy.Losses;

/// <summary>How <see cref="EntropyFilter"/> chooses the tokens that are learned.</summary>
public enum EntropyRule
{
    /// <summary><c>none</c>: all tokens are.</summary>
    None,

    /// <summary>
    /// <c>sequence</c>: those of highest entropy of each response; the others do not count in its mean.
    /// </summary>
    Sequence,

    /// <summary><c>batch</c>: those of highest entropy of the whole batch; the others count in the mean.</summary>
    Batch,
}
