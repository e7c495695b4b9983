namespace R1Reward.Rewards.Terms;

/// <summary>What a trace is worth of which a term gave no number.</summary>
public enum UndecidedTerms
{
    /// <summary>
    /// <c>leave-out</c>: nothing is known of it. It counts in no mean and is not learned from.
    /// </summary>
    LeaveOut,

    /// <summary>
    /// <c>without-term</c>: the sum of its other terms, as published trainers have it, beside others with that term.
    /// </summary>
    WithoutTerm,
}
