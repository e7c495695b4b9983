using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// How the scores of a scalar model agree with the preferences of pairs. Null where nothing was counted.
/// </summary>
/// <example>Scores (0.9, 0.2) first preferred, (0.4, 0.4) second preferred, (0.5, 0.6) a tie: accuracy 1/2, one pair
/// with equal scores, mean gap 0.35.</example>
public sealed record ScoreFigures
{
    /// <summary>Pairs of which one response is preferred.</summary>
    public required int Pairs { get; init; }

    /// <summary>Pairs whose responses are equally good; only counted here.</summary>
    public required int Ties { get; init; }

    /// <summary>Share of decided pairs whose preferred response has the higher score; equal scores are wrong.</summary>
    public required double? Accuracy { get; init; }

    /// <summary>Decided pairs with equal scores.</summary>
    public required int EqualScores { get; init; }

    /// <summary>Mean of the preferred response's score minus the other's, over decided pairs.</summary>
    public required double? MeanGap { get; init; }

    /// <summary>
    /// How the preferred response's score minus the other's is spread over decided pairs; null without any.
    /// </summary>
    public Histogram? Gaps { get; init; }

    /// <summary>Mean score of preferred responses.</summary>
    public required double? Chosen { get; init; }

    /// <summary>Mean score of the others.</summary>
    public required double? Rejected { get; init; }

    /// <summary>Pairs that could not be shown to the model and are not counted in any other figure.</summary>
    public int LeftOut { get; init; }

    /// <summary>The figures that are known, by name.</summary>
    public IReadOnlyDictionary<string, double> Numbers => new (string Name, double? Value)[]
        {
            ("accuracy", Accuracy),
            ("mean-gap", MeanGap),
            ("chosen", Chosen),
            ("rejected", Rejected),
            ("equal-scores", EqualScores),
            ("pairs", Pairs),
            ("ties", Ties),
        }
        .Where(one => one.Value is not null)
        .ToDictionary(one => one.Name, one => one.Value!.Value);

    /// <summary>Computes the figures of one head.</summary>
    /// <param name="pairs">Scores of both responses and the label; pairs without one are passed over.</param>
    public static ScoreFigures Compute(IEnumerable<(double First, double Second, PreferenceLabel? Label)> pairs)
    {
        var all = pairs.ToList();
        var decided = all
            .Where(pair => pair.Label is PreferenceLabel.First or PreferenceLabel.Second)
            .Select(pair => pair.Label == PreferenceLabel.First
                ? (Chosen: pair.First, Rejected: pair.Second)
                : (Chosen: pair.Second, Rejected: pair.First))
            .ToList();
        double? Mean(Func<(double Chosen, double Rejected), double> value) =>
            decided.Count == 0 ? null : decided.Average(value);
        return new ScoreFigures
        {
            Pairs = decided.Count,
            Ties = all.Count(pair => pair.Label == PreferenceLabel.Tie),
            Accuracy = Mean(pair => pair.Chosen > pair.Rejected ? 1 : 0),
            EqualScores = decided.Count(pair => pair.Chosen == pair.Rejected),
            MeanGap = Mean(pair => pair.Chosen - pair.Rejected),
            Gaps = Histogram.Of([.. decided.Select(pair => pair.Chosen - pair.Rejected)]),
            Chosen = Mean(pair => pair.Chosen),
            Rejected = Mean(pair => pair.Rejected),
        };
    }
}
