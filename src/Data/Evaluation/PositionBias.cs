using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// Whether the place of a response sways the judgment, measured on pairs that were judged in both orders.
/// </summary>
/// <param name="Pairs">Pairs with a choice in both orders.</param>
/// <param name="FirstShare">
/// Share of those choices that name the first place: 0.5 without bias, whatever the labels are.
/// </param>
/// <param name="SameResponse">Share of pairs on which both orders name the same response.</param>
/// <example>
/// 1 and 2 (the same response), 1 and 1 (the first place both times): FirstShare 0.75, SameResponse 0.5.
/// </example>
public sealed record PositionBias(int Pairs, double FirstShare, double SameResponse)
{
    /// <summary>
    /// The figure of judgments, in which a pair with its candidates exchanged has the id that <see cref="OrderPolicy"/>
    /// gives it; the first of equal ids counts.
    /// </summary>
    public static PositionBias? FromJudgments(IEnumerable<(PairId Id, Choice? Choice)> judgments)
    {
        var byPair = judgments
            .DistinctBy(judgment => judgment.Id)
            .ToDictionary(judgment => judgment.Id.Value, judgment => judgment.Choice);
        var both = new List<(Choice? Order, Choice? Swapped)>();
        foreach (var (id, choice) in byPair)
        {
            if (byPair.TryGetValue(id + OrderPolicy.SwappedSuffix, out var swapped))
            {
                both.Add((choice, swapped));
            }
        }

        return FromChoices(both);
    }

    /// <summary>The figure of some pairs; null where none has a choice in both orders.</summary>
    /// <param name="choices">The choice in one order, and in the other.</param>
    public static PositionBias? FromChoices(IEnumerable<(Choice? Order, Choice? Swapped)> choices)
    {
        var both = choices.Where(pair => pair is { Order: not null, Swapped: not null }).ToList();
        if (both.Count == 0)
        {
            return null;
        }

        var first = both.Count(pair => pair.Order == Choice.First) + both.Count(pair => pair.Swapped == Choice.First);
        var same = both.Count(pair => pair.Order != pair.Swapped);
        return new PositionBias(both.Count, first / (2.0 * both.Count), same / (double)both.Count);
    }
}
