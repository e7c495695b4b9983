namespace R1Reward.Data.Judging;

/// <summary>Whether a reply could be read as a judgment.</summary>
public enum JudgmentStatus
{
    /// <summary>A choice was found in answer tags.</summary>
    Tagged,

    /// <summary>A choice without answer tags, by a reading that takes it.</summary>
    Fallback,

    /// <summary>
    /// Unreadable, since the reading finds no choice (decision D7): its own state, counted wrong, no vote.
    /// </summary>
    Invalid,
}
