using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation.Suites;

/// <summary>
/// JudgeBench (Tan et al. 2024): two games per pair, one with the responses exchanged. Each decision that is right adds
/// 1, each that is wrong takes 1 away, none and a tie add nothing; the pair is right if the sum is above 0. A judge
/// that does not mind the order, such as a scalar model, plays one game.
/// </summary>
internal static class JudgeBench
{
    private static readonly string[] Categories = ["knowledge", "reasoning", "math", "coding"];

    public static IEnumerable<SuiteFigure> Figures(IReadOnlyList<PairResult> results, TieRule ties)
    {
        var judged = results
            .Where(result => result.Label.Preferred() is not null)
            .Select(result => (result.Category, IsRight: IsRight(result, ties) ? 1.0 : 0.0))
            .ToList();
        return Categories
            .Select(category => Share(category, judged.Where(one => one.Category == category)))
            .Append(Share("overall", judged));
    }

    private static SuiteFigure Share(string name, IEnumerable<(string Category, double IsRight)> judged) =>
        new(name, judged.Select(one => (double?)one.IsRight).Average());

    private static bool IsRight(PairResult result, TieRule ties)
    {
        var gold = result.Label.Preferred();
        return result.Decisions(ties).Sum(decision => decision is null ? 0 : decision == gold ? 1 : -1) > 0;
    }
}
