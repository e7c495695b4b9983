namespace R1Reward.Data.Pairs;

/// <summary>The human preference between two responses.</summary>
public enum PreferenceLabel
{
    /// <summary>Response 1 is preferred.</summary>
    First,

    /// <summary>Response 2 is preferred.</summary>
    Second,

    /// <summary>Neither is preferred.</summary>
    Tie,
}
