namespace R1Reward.Policy.Tests.Extending;

/// <summary>An estimator's arm: the reward minus the best reward of the others of its group.</summary>
public static class BestOfOthers
{
    /// <summary>The shaped rewards of one group; a trace alone in its group has nothing to be compared with.</summary>
    public static double[] Shape(IReadOnlyList<double> rewards) =>
    [
        .. rewards.Select((reward, i) =>
        {
            var others = rewards.Where((_, other) => other != i).ToList();
            return others.Count == 0 ? 0 : reward - others.Max();
        }),
    ];
}
