namespace R1Reward.Data.Judging;

/// <summary>Whether a reply could be read as a judgment.</summary>
public enum JudgmentStatus
{
    /// <summary>A choice was found in answer tags.</summary>
    Tagged,

    /// <summary>No usable tag; the choice comes from the fallback rule.</summary>
    Fallback,

    /// <summary>
    /// Neither tag nor fallback gives 1 or 2 (decision D7): its own state, counted wrong, never made up.
    /// </summary>
    Invalid,
}
