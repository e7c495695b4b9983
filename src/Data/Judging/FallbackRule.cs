namespace R1Reward.Data.Judging;

/// <summary>Which digit the published evaluators take from a reply without answer tags (decision D6).</summary>
internal enum FallbackRule
{
    /// <summary>The last 1 or 2 anywhere.</summary>
    LastDigit,

    /// <summary>
    /// The last 1 or 2 of the first line that has one, as the script of MM-RLHF-RewardBench reads it.
    /// </summary>
    MmRlhf,
}
