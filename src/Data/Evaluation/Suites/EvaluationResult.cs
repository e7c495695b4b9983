using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation.Suites;

/// <summary>All figures of an evaluation, which follow from the results of its pairs.</summary>
/// <param name="Report">Counts and accuracies in all and by category.</param>
/// <param name="Table">The benchmark's table as its publishers give it; null for a suite without one.</param>
/// <param name="Heads">Figures of each head of a scalar model; empty for a judge that votes.</param>
/// <param name="Places">Whether the place of a response sways the judge; null for a scalar model.</param>
/// <param name="Calibration">
/// Whether the judge is right as often as it is sure; null where no pair has a probability. One vote is none.
/// </param>
/// <param name="LeftOut">Pairs that could not be shown to the model and are in no figure.</param>
public sealed record EvaluationResult(
    SuiteReport Report,
    SuiteTable? Table,
    IReadOnlyDictionary<string, HeadResult> Heads,
    PlaceFigures? Places,
    Calibration? Calibration,
    int LeftOut)
{
    /// <summary>Pairs of which no response is preferred; they are in no accuracy.</summary>
    public required int Undecided { get; init; }

    /// <summary>Computes all figures of an evaluation.</summary>
    /// <param name="suite">The name of the suite.</param>
    /// <param name="results">The results of its pairs, in the order of the file.</param>
    /// <param name="ties">What an even vote means.</param>
    public static EvaluationResult Compute(
        string suite, IReadOnlyList<PairResult> results, TieRule ties = TieRule.None)
    {
        var shown = results.Where(result => result.Problem is null).ToList();
        var heads = shown.SelectMany(result => result.Scores?.Keys ?? []).Distinct();
        return new EvaluationResult(
            SuiteReport.Compute(shown.SelectMany(result => result.Outcomes(ties))),
            SuiteTable.Compute(suite, results, ties),
            heads.ToDictionary(head => head, head => Head(shown, head)),
            PlaceFigures.Compute(shown),
            Calibration.Compute(shown
                .Where(result => result.Scores is not null || result.AsGiven.Count + result.Exchanged.Count > 1)
                .Select(result => (result.FirstProbability, result.Label))),
            results.Count - shown.Count)
        {
            Undecided = shown.Count(result => result.Label.Preferred() is null),
        };
    }

    private static HeadResult Head(List<PairResult> shown, string head)
    {
        var scored = shown
            .Where(result => result.Scores?.ContainsKey(head) == true)
            .Select(result => (
                First: result.Scores![head][0], Second: result.Scores[head][1], Label: result.LabelOf(head)))
            .ToList();
        return new HeadResult(
            ScoreFigures.Compute(scored),
            Histogram.Of([.. scored.SelectMany(pair => new[] { pair.First, pair.Second })]));
    }
}
