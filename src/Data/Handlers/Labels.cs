using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>Labels of comparisons by their head.</summary>
internal static class Labels
{
    /// <summary>The label of the pair alone.</summary>
    internal static IReadOnlyDictionary<string, PreferenceLabel> For(PreferenceLabel label) =>
        new Dictionary<string, PreferenceLabel> { [PreferencePair.PreferenceHead] = label };

    /// <summary>The larger value wins; equal ones, and one that is missing, are a tie.</summary>
    internal static PreferenceLabel Larger(double? first, double? second) => (first, second) switch
    {
        ({ } a, { } b) when a > b => PreferenceLabel.First,
        ({ } a, { } b) when a < b => PreferenceLabel.Second,
        _ => PreferenceLabel.Tie,
    };

    /// <summary>The letter of the published loaders: A, B or C.</summary>
    internal static string Letter(PreferenceLabel label) => label switch
    {
        PreferenceLabel.First => "A",
        PreferenceLabel.Second => "B",
        _ => "C",
    };
}
