using R1Reward.Data.Evaluation.Ranking;

namespace R1Reward.Data.Evaluation.Suites;

/// <summary>
/// RewardBench 2 (Malik et al. 2025): in five subsets one right reply of four must have the highest rating, a shared
/// highest one counts in part; the sixth, Ties, has a score of its own. The last column is the mean of the six.
/// </summary>
internal static class RewardBench2
{
    private const string Ties = "Ties";

    private static readonly string[] Subsets = ["Factuality", "Precise IF", "Math", "Safety", "Focus", Ties];

    public static IEnumerable<SuiteFigure> Figures(IEnumerable<RatedReplies> prompts)
    {
        var rated = prompts.ToLookup(prompt => prompt.Category, StringComparer.OrdinalIgnoreCase);
        List<SuiteFigure> figures =
        [
            .. Subsets.Select(subset => new SuiteFigure(
                subset,
                subset == Ties
                    ? RewardBench2Ties.Score([.. rated[subset]])
                    : rated[subset].Average(prompt => (double?)prompt.BestOf))),
        ];
        var known = figures.Count(figure => figure.Share is not null);
        return
        [
            .. figures,
            new SuiteFigure(
                known == Subsets.Length ? "average" : $"average of {known}", figures.Average(figure => figure.Share)),
        ];
    }
}
