using R1Reward.Data.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// What has to be said beside the table of a run, on the console and in the report: what its figures were counted over,
/// under which condition, and what is not known.
/// </summary>
public static class SummaryNotes
{
    /// <summary>A line for each evaluation, then their condition.</summary>
    /// <param name="evaluations">The rows of the table with their titles.</param>
    public static IEnumerable<string> Conditions(
        IReadOnlyCollection<(string Title, EvaluationSummary Figures)> evaluations)
    {
        foreach (var (title, figures) in evaluations.Where(row => row.Figures.Pairs is not null))
        {
            var verdicts = figures.Asked > 0 ? $"; {figures.Undecided} of {figures.Asked} verdicts undecided" : "";
            var leftOut = figures.LeftOut > 0 ? $"; {figures.LeftOut} pairs left out" : "";
            if (figures.EqualScores is { } equal)
            {
                yield return $"{title}: {figures.Pairs} pairs scored, {equal} with equal scores{leftOut}";
                continue;
            }

            var samples = figures.SamplesPerPair == 1 ? "1 sample" : $"{figures.SamplesPerPair} samples";
            yield return $"{title}: {figures.Pairs} pairs x {samples}; "
                + $"unreadable {Percent.Format(figures.Unreadable)}{verdicts}{leftOut}";
        }

        // A run that was continued with other settings has several.
        var conditions = evaluations
            .Where(row => row.Figures.Condition is not null)
            .GroupBy(row => row.Figures.Condition!.ToString(), row => row.Title)
            .ToList();
        foreach (var condition in conditions)
        {
            yield return conditions.Count == 1 ? condition.Key : $"{string.Join(", ", condition)}: {condition.Key}";
        }
    }

    /// <summary>What is not known, and why; empty where all is.</summary>
    /// <param name="evaluations">The rows of the table with their titles.</param>
    /// <param name="summary">The run.</param>
    public static IEnumerable<string> Warnings(
        IEnumerable<(string Title, EvaluationSummary Figures)> evaluations, RunSummary summary)
    {
        var unknown = evaluations
            .Select(row => (row.Title, Why: WhyUnknown(row.Figures)))
            .Where(row => row.Why is not null)
            .Select(row => $"{row.Title}: {row.Why}");
        var updates = summary.Updates?.Warning is { } warning ? (string[])[warning] : [];
        return [.. unknown, .. summary.Unknown?.Warnings ?? [], .. updates];
    }

    private static string? WhyUnknown(EvaluationSummary figures)
    {
        var reason = figures.UndecidedReason ?? "its reason is not known";
        return figures switch
        {
            { Undecided: > 0, Consistency: null } =>
                $"consistency is unknown, as the judge decided on none of {figures.Asked ?? figures.Undecided} "
                + $"samples: {reason}",
            { Undecided: > 0 } => $"{figures.Undecided} samples without verdict are left out, as {reason}",
            { Consistency: null, Condition.Judge: true, Asked: 0 } =>
                "consistency is unknown, as no reply names a response that the judge could be asked about",
            { Consistency: null, Condition.Judge: false } =>
                "consistency is unknown, as no term of evaluations asks the judge (r1reward.rewards)",
            _ => null,
        };
    }
}
