namespace R1Reward.Data.Pairs;

/// <summary>Which response a label prefers.</summary>
public static class Preferences
{
    /// <summary>The preferred response; null for a tie or an unknown label.</summary>
    public static Choice? Preferred(this PreferenceLabel? label) => label switch
    {
        PreferenceLabel.First => Choice.First,
        PreferenceLabel.Second => Choice.Second,
        _ => null,
    };
}
