using Newtonsoft.Json;
using Newtonsoft.Json.Converters;
using Newtonsoft.Json.Serialization;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// What an evaluation found out about one pair: the votes of a judge that writes, or the scores of a scalar model. All
/// figures of an evaluation follow from these; they hold no texts, so that many fit into memory.
/// </summary>
/// <example>
/// A pair shown three times as it stands and three times with its responses exchanged, with one unreadable reply:
/// AsGiven 1, 1, 2; Exchanged 1, null, 1. Numbers are responses of the pair, not places in the prompt.
/// </example>
public sealed record PairResult
{
    /// <summary>The pair's identity within its file.</summary>
    [JsonProperty("id", Required = Required.Always)]
    public required string Id { get; init; }

    /// <summary>The published id of the row, which may repeat; null where there is none.</summary>
    [JsonProperty("name")]
    public string? OriginalId { get; init; }

    /// <summary>The category it is counted under.</summary>
    [JsonProperty("category", Required = Required.Always)]
    public required string Category { get; init; }

    /// <summary>What the pairs of one row, or of one published id, have in common.</summary>
    [JsonProperty("group", Required = Required.Always)]
    public required string Group { get; init; }

    /// <summary>Which response is preferred; null when unknown.</summary>
    [JsonProperty("label")]
    [JsonConverter(typeof(StringEnumConverter), typeof(CamelCaseNamingStrategy))]
    public PreferenceLabel? Label { get; init; }

    /// <summary>Labels of single aspects by the name of the head that learns them; null where there are none.</summary>
    [JsonProperty("aspects", ItemConverterType = typeof(StringEnumConverter))]
    public IReadOnlyDictionary<string, PreferenceLabel>? AspectLabels { get; init; }

    /// <summary>Hash of the first response: equal for equal responses, by which pairs of one row are joined.</summary>
    [JsonProperty("hash1")]
    public string Response1 { get; init; } = "1";

    /// <summary>Hash of the second response.</summary>
    [JsonProperty("hash2")]
    public string Response2 { get; init; } = "2";

    /// <summary>
    /// What each sample chose that was shown the pair as it stands; null where a reply names no response.
    /// </summary>
    [JsonProperty("as-given")]
    public IReadOnlyList<Choice?> AsGiven { get; init; } = [];

    /// <summary>What each sample chose that was shown the responses exchanged, as responses of the pair.</summary>
    [JsonProperty("exchanged")]
    public IReadOnlyList<Choice?> Exchanged { get; init; } = [];

    /// <summary>
    /// Scores of the first and the second response by head of a scalar model; null where a judge voted.
    /// </summary>
    [JsonProperty("scores")]
    public IReadOnlyDictionary<string, double[]>? Scores { get; init; }

    /// <summary>
    /// The logit of preferring the first response by those scores, on the scale of training; null where it is unknown.
    /// </summary>
    [JsonProperty("logit")]
    public double? Logit { get; init; }

    /// <summary>Why the pair could not be shown to the model; null for one that was.</summary>
    [JsonProperty("problem")]
    public string? Problem { get; init; }

    /// <summary>The sum of the first response's scores; null where a judge voted.</summary>
    [JsonIgnore]
    public double? Score1 => Scores?.Values.Sum(score => score[0]);

    /// <summary>The sum of the second response's scores; null where a judge voted.</summary>
    [JsonIgnore]
    public double? Score2 => Scores?.Values.Sum(score => score[1]);

    /// <summary>A result without votes and scores, for a pair as its file has it.</summary>
    public static PairResult Of(PreferencePair pair, string category) => new()
    {
        Id = pair.Id.Value,
        OriginalId = pair.OriginalId,
        Category = category,
        Group = pair.Group ?? pair.Id.Value,
        Label = pair.Label,
        AspectLabels = pair.AspectLabels,
        Response1 = ContentHash.Compute([pair.Response1, .. pair.Media1.Select(item => item.Path)]),
        Response2 = ContentHash.Compute([pair.Response2, .. pair.Media2.Select(item => item.Path)]),
    };

    /// <summary>
    /// What a head of a scalar model is measured by: the label of its aspect, else that of the pair.
    /// </summary>
    public PreferenceLabel? LabelOf(string head) =>
        AspectLabels?.TryGetValue(head, out var aspect) == true ? aspect : Label;

    /// <summary>
    /// What each game says: one for each order that the pair was shown in, or one where scores decide. Null where no
    /// reply can be read, votes are even and the rule names no winner, or scores are equal.
    /// </summary>
    public IEnumerable<Choice?> Decisions(TieRule ties = TieRule.None) => Scores is null
        ? Tallies(ties).Select(tally => tally.Winner)
        : [ScoredChoice];

    /// <summary>
    /// How the pair counts in accuracies, once for each game; none where no response is preferred. The pair's group is
    /// that of the outcomes, so that ACC+ wants all of them right.
    /// </summary>
    public IEnumerable<Outcome> Outcomes(TieRule ties = TieRule.None)
    {
        if (Label.Preferred() is not { } gold)
        {
            return [];
        }

        return Scores is not null
            ? [new Outcome(Category, Group, ScoredChoice == gold, false) { IsTied = ScoredChoice is null }]
            : Tallies(ties).Select(tally => new Outcome(Category, Group, tally.IsCorrect(gold), tally.Votes == 0)
            {
                IsTied = tally.Tied && tally.Winner is null,
            });
    }

    /// <summary>
    /// The probability that the first response is preferred: the share of votes that name it, or that of its logit;
    /// null without votes, and of scores whose scale is unknown.
    /// </summary>
    [JsonIgnore]
    public double? FirstProbability
    {
        get
        {
            if (Scores is not null)
            {
                return Logit is { } logit ? 1 / (1 + Math.Exp(-logit)) : null;
            }

            var tally = VoteTally.Count(AsGiven.Concat(Exchanged));
            return tally.Votes == 0 ? null : tally.First / (double)tally.Votes;
        }
    }

    private Choice? ScoredChoice =>
        Score1 > Score2 ? Choice.First
        : Score2 > Score1 ? Choice.Second
        : null;

    private IEnumerable<VoteTally> Tallies(TieRule ties) => new[] { AsGiven, Exchanged }
        .Where(votes => votes.Count > 0)
        .Select(votes => VoteTally.Count(votes, ties));
}
