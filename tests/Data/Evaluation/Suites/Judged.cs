using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Evaluation.Suites;

/// <summary>Results of pairs whose first response is preferred, unless a label says otherwise.</summary>
internal static class Judged
{
    private static int _count;

    public static PairResult Voted(string category, Choice?[] asGiven, params Choice?[] exchanged) => New(category) with
    {
        AsGiven = asGiven,
        Exchanged = exchanged,
    };

    public static PairResult Scored(string category, double first, double second) => New(category) with
    {
        Scores = new Dictionary<string, double[]> { ["preference"] = [first, second] },
        Logit = first - second,
    };

    /// <summary>All pairs of a prompt's right replies with the others.</summary>
    public static IEnumerable<PairResult> Rated(string category, string name, double[] right, params double[] wrong) =>
        from first in right.Index()
        from second in wrong.Index()
        select Scored(category, first.Item, second.Item) with
        {
            OriginalId = name,
            Group = name,
            Response1 = $"right {first.Index}",
            Response2 = $"wrong {second.Index}",
        };

    private static PairResult New(string category)
    {
        var id = $"p{Interlocked.Increment(ref _count)}";
        return new PairResult { Id = id, Group = id, Category = category, Label = PreferenceLabel.First };
    }
}
