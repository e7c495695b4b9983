namespace R1Reward.Data.Pairs;

/// <summary>Which response a label prefers, and which place it has in the other order.</summary>
public static class Preferences
{
    /// <summary>The preferred response; null for a tie or an unknown label.</summary>
    public static Choice? Preferred(this PreferenceLabel? label) => label switch
    {
        PreferenceLabel.First => Choice.First,
        PreferenceLabel.Second => Choice.Second,
        _ => null,
    };

    /// <summary>
    /// The same place once the responses are exchanged; null stays null.
    /// </summary>
    public static Choice? Exchanged(this Choice? choice) => choice switch
    {
        Choice.First => Choice.Second,
        Choice.Second => Choice.First,
        _ => null,
    };
}
