using System.Globalization;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// Share of replies that name the preferred response, for each category of pairs: their <c>category</c>, else their
/// difficulty, else their <c>source</c>. Unreadable replies count as wrong; pairs without a preference are left out.
/// </summary>
public sealed class CategoryEvaluator : IEvaluator
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs) => pairs
        .Where(judged => judged.Pair.Label is PreferenceLabel.First or PreferenceLabel.Second)
        .GroupBy(judged => CategoryOf(judged.Pair))
        .OrderBy(category => category.Key, StringComparer.Ordinal)
        .ToDictionary(category => category.Key, category => category.SelectMany(Right).Average());

    private static IEnumerable<double> Right(JudgedPair judged)
    {
        var preferred = judged.Pair.Label == PreferenceLabel.First ? Choice.First : Choice.Second;
        return judged.Judgments.Select(judgment => judgment.Choice == preferred ? 1.0 : 0.0);
    }

    private static string CategoryOf(PreferencePair pair) =>
        pair.Category is { Length: > 0 } category ? category
        : pair.Difficulty is { } grade ? string.Create(CultureInfo.InvariantCulture, $"grade {grade}")
        : pair.Source.Length > 0 ? pair.Source
        : "none";
}
