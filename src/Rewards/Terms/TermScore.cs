using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms;

/// <summary>The value of one term on one trace.</summary>
/// <param name="Name">The term.</param>
/// <param name="Value">Its raw value; null where it has none.</param>
/// <param name="Weight">Its factor in the total.</param>
/// <param name="Reason">Why there is no value, or what is worth knowing; null where there is nothing to add.</param>
public sealed record TermScore(string Name, double? Value, double Weight, string? Reason)
{
    /// <summary>What its questions to a judge took; null where none was asked.</summary>
    public JudgeUse? Use { get; init; }

    /// <summary>The weighted sum of the terms that have a value.</summary>
    public static double Total(IEnumerable<TermScore> terms) => terms.Sum(term => term.Weight * (term.Value ?? 0.0));

    /// <summary>
    /// The reward that terms make; null where it is not known. A term of weight 0 is watched and decides nothing.
    /// </summary>
    public static double? Total(IReadOnlyCollection<TermScore> terms, UndecidedTerms undecided)
    {
        var missing = terms.Count(term => term.Value is null && term.Weight != 0);
        var isKnown = undecided == UndecidedTerms.LeaveOut
            ? missing == 0
            : terms.Count == 0 || terms.Any(term => term.Value is not null);
        return isKnown ? Total(terms) : null;
    }
}
