namespace R1Reward.Data.Evaluation;

/// <summary>The scores of an evaluation suite, in all and by category.</summary>
/// <param name="Overall">All rows: its accuracy is the micro average.</param>
/// <param name="Categories">Each category, in order of first appearance.</param>
public sealed record SuiteReport(Score Overall, IReadOnlyList<CategoryScore> Categories)
{
    /// <summary>The macro average: the mean of the categories' accuracies; null without rows.</summary>
    public double? Macro => Categories.Average(category => category.Score.Accuracy);

    /// <summary>The score of a category; null where no row belongs to it.</summary>
    public Score? this[string category] => Categories.FirstOrDefault(entry => entry.Category == category)?.Score;

    /// <summary>Counts the outcomes of all rows, and of each category by itself.</summary>
    public static SuiteReport Compute(IEnumerable<Outcome> outcomes)
    {
        var rows = outcomes.ToList();
        return new SuiteReport(
            Score.Compute(rows),
            [.. rows.GroupBy(row => row.Category).Select(group => new CategoryScore(group.Key, Score.Compute(group)))]);
    }
}
