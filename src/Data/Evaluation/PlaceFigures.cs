using Newtonsoft.Json;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// How right votes are by the place in which the preferred response was shown: of a judge that a place sways, one
/// accuracy is high and the other low. Null where no vote is of that kind; unreadable replies count as wrong.
/// </summary>
/// <param name="PreferredFirst">Accuracy of votes that were shown the preferred response first.</param>
/// <param name="PreferredSecond">Accuracy of those that were shown it second.</param>
/// <param name="NamesFirst">Share of readable votes that name the first place.</param>
/// <param name="Both">Pairs shown in both orders, by the majority in each; null where there are none.</param>
public sealed record PlaceFigures(
    [property: JsonProperty("preferred-first")] double? PreferredFirst,
    [property: JsonProperty("preferred-second")] double? PreferredSecond,
    [property: JsonProperty("names-first")] double? NamesFirst,
    [property: JsonIgnore] PositionBias? Both)
{
    /// <summary>The figures of pairs that a judge voted on; null where there is no vote.</summary>
    public static PlaceFigures? Compute(IReadOnlyCollection<PairResult> results)
    {
        var votes = results
            .Where(result => result.Scores is null)
            .SelectMany(result => result.AsGiven.Select(choice => (Place: choice, Label: result.Label.Preferred()))
                .Concat(result.Exchanged.Select(choice => (
                    Place: choice.Exchanged(), Label: result.Label.Preferred().Exchanged()))))
            .ToList();
        return votes.Count == 0 ? null : new PlaceFigures(
            Accuracy(Choice.First),
            Accuracy(Choice.Second),
            votes.Where(vote => vote.Place is not null)
                .Select(vote => (double?)(vote.Place == Choice.First ? 1 : 0))
                .Average(),
            PositionBias.FromChoices(results
                .Where(result => result.AsGiven.Count > 0 && result.Exchanged.Count > 0)
                .Select(result => (
                    VoteTally.Count(result.AsGiven).Winner, VoteTally.Count(result.Exchanged).Winner.Exchanged()))));

        double? Accuracy(Choice place) => votes
            .Where(vote => vote.Label == place)
            .Select(vote => (double?)(vote.Place == place ? 1 : 0))
            .Average();
    }
}
