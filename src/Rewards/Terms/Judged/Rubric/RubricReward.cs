namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>
/// Scores on the scale 1-4 as one reward 0-1: the mean of those that are there, each cut to the scale, moved to 0-1.
/// </summary>
/// <example>3.5, 2.5 and N/A: mean 3, reward 0.6667. All N/A: null.</example>
public static class RubricReward
{
    /// <summary>The reward over some aspects; null where none of them has a score.</summary>
    public static double? Compute(IReadOnlyDictionary<string, RubricScore> scores, IEnumerable<string> aspects)
    {
        var known = aspects
            .Select(aspect => scores.GetValueOrDefault(aspect).Value)
            .OfType<double>()
            .Select(score => Math.Clamp(score, 1.0, 4.0))
            .ToList();
        return known.Count == 0 ? null : Math.Clamp((known.Average() - 1.0) / 3.0, 0.0, 1.0);
    }
}
