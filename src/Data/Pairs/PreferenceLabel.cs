namespace R1Reward.Data.Pairs;

/// <summary>The human preference between two responses.</summary>
public enum PreferenceLabel
{
    /// <summary>The annotators prefer response 1.</summary>
    First,

    /// <summary>The annotators prefer response 2.</summary>
    Second,

    /// <summary>The annotators find both equally good, or bad.</summary>
    Tie,
}
