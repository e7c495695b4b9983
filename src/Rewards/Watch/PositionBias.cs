using R1Reward.Data.Pairs;

namespace R1Reward.Rewards.Watch;

/// <summary>Whether the place of a response sways the judgment, measured on pairs that were judged in both orders.</summary>
/// <param name="Pairs">Pairs with a choice in both orders.</param>
/// <param name="FirstShare">Share of those choices that name the first place: 0.5 without bias, whatever the labels are.</param>
/// <param name="SameResponse">Share of pairs on which both orders name the same response.</param>
/// <example>1 and 2 (the same response), 1 and 1 (the first place both times): FirstShare 0.75, SameResponse 0.5.</example>
public sealed record PositionBias(int Pairs, double FirstShare, double SameResponse)
{
    /// <summary>The figure of judgments, in which a pair with its candidates exchanged has the id that <see cref="OrderPolicy"/> gives it; the first of equal ids counts.</summary>
    public static PositionBias? OfJudged(IEnumerable<(PairId Id, Choice? Choice)> judgments)
    {
        var byPair = judgments.DistinctBy(judgment => judgment.Id).ToDictionary(judgment => judgment.Id.Value, judgment => judgment.Choice);
        return Of(byPair.Where(pair => byPair.ContainsKey(pair.Key + OrderPolicy.SwappedSuffix)).Select(pair => (pair.Value, byPair[pair.Key + OrderPolicy.SwappedSuffix])));
    }

    /// <summary>The figure of some pairs; null where none has a choice in both orders.</summary>
    /// <param name="choices">The choice in one order, and in the other.</param>
    public static PositionBias? Of(IEnumerable<(Choice? Order, Choice? Swapped)> choices)
    {
        var both = choices.Where(pair => pair is { Order: not null, Swapped: not null }).ToList();
        return both.Count == 0 ? null : new PositionBias(
            both.Count,
            both.Sum(pair => (pair.Order == Choice.First ? 1 : 0) + (pair.Swapped == Choice.First ? 1 : 0)) / (2.0 * both.Count),
            both.Count(pair => pair.Order != pair.Swapped) / (double)both.Count);
    }
}
