namespace R1Reward.Data.Evaluation;

/// <summary>What a suite measured.</summary>
/// <param name="Overall">All rows: its accuracy is the micro average.</param>
/// <param name="Categories">Each category, in order of first appearance.</param>
public sealed record SuiteReport(Score Overall, IReadOnlyList<CategoryScore> Categories)
{
    /// <summary>The macro average: the mean of the categories' accuracies; null without rows.</summary>
    public double? Macro => Categories.Average(category => category.Score.Accuracy);

    /// <summary>The score of a category; null where no row belongs to it.</summary>
    public Score? this[string category] => Categories.FirstOrDefault(one => one.Category == category)?.Score;

    /// <summary>Counts outcomes.</summary>
    public static SuiteReport Of(IEnumerable<Outcome> outcomes)
    {
        var rows = outcomes.ToList();
        return new SuiteReport(
            Score.Of(rows),
            [.. rows.GroupBy(row => row.Category).Select(group => new CategoryScore(group.Key, Score.Of(group)))]);
    }
}
