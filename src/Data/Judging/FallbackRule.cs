namespace R1Reward.Data.Judging;

/// <summary>Which digit counts in a reply without answer tags (decision D6).</summary>
public enum FallbackRule
{
    /// <summary><c>last-digit</c>: the last 1 or 2 anywhere.</summary>
    LastDigit,

    /// <summary>
    /// <c>mm-rlhf</c>: the last 1 or 2 of the first line that has one, as that benchmark's script reads it.
    /// </summary>
    MmRlhf,
}
