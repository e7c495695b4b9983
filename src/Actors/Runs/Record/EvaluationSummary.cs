using Newtonsoft.Json;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Evaluation;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// What summary.json says of one evaluation: the figures of <see cref="EvaluationFigures"/>. A figure that nothing was
/// counted for, or that the release which wrote the file did not know, is null.
/// </summary>
public sealed record EvaluationSummary
{
    /// <summary>Share of samples that name the preferred response.</summary>
    [JsonProperty("accuracy")]
    public double? Accuracy { get; init; }

    /// <summary>Share of samples that pass the strict format check.</summary>
    [JsonProperty("format")]
    public double? Format { get; init; }

    /// <summary>Share of samples with a verdict whose analysis supports their answer.</summary>
    [JsonProperty("consistency")]
    public double? Consistency { get; init; }

    /// <summary>Mean number of sampled tokens.</summary>
    [JsonProperty("length")]
    public double? Length { get; init; }

    /// <summary>Share of samples that name no response.</summary>
    [JsonProperty("unreadable")]
    public double? Unreadable { get; init; }

    /// <summary>Samples on which the judge was asked.</summary>
    [JsonProperty("asked")]
    public int? Asked { get; init; }

    /// <summary>Samples on which the judge did not decide.</summary>
    [JsonProperty("undecided")]
    public int? Undecided { get; init; }

    /// <summary>Why the judge did not decide, for one of those samples.</summary>
    [JsonProperty("undecided-reason")]
    public string? UndecidedReason { get; init; }

    /// <summary>Pairs that could not be shown to the model.</summary>
    [JsonProperty("left-out")]
    public int? LeftOut { get; init; }

    /// <summary>Mean raw value of each reward term, by its name.</summary>
    [JsonProperty("rewards")]
    public IReadOnlyDictionary<string, double>? Rewards { get; init; }

    /// <summary>Figures of the configured evaluators, by whole name; null where there are none.</summary>
    [JsonProperty("figures")]
    public IReadOnlyDictionary<string, double>? Figures { get; init; }

    /// <summary>Share of judgments that name the first place, over pairs judged in both orders.</summary>
    [JsonProperty("first-share")]
    public double? FirstShare { get; init; }

    /// <summary>Share of pairs judged in both orders whose judgments name the same response.</summary>
    [JsonProperty("same-response")]
    public double? SameResponse { get; init; }

    /// <summary>Pairs to whose responses a scalar model gives equal scores.</summary>
    [JsonProperty("equal-scores")]
    public int? EqualScores { get; init; }

    /// <summary>Mean of how much more a scalar model gives the preferred response.</summary>
    [JsonProperty("mean-gap")]
    public double? MeanGap { get; init; }

    /// <summary>How those differences are spread over the pairs.</summary>
    [JsonProperty("gaps")]
    public Histogram? Gaps { get; init; }

    /// <summary>Number of pairs judged.</summary>
    [JsonProperty("pairs")]
    public int? Pairs { get; init; }

    /// <summary>Number of samples per pair.</summary>
    [JsonProperty("samples-per-pair")]
    public int? SamplesPerPair { get; init; }

    /// <summary>Under which condition the figures were found.</summary>
    [JsonProperty("condition")]
    public EvaluationCondition? Condition { get; init; }

    /// <summary>The summary of what a head of a scalar model finds.</summary>
    internal static EvaluationSummary From(ScoreFigures figures) => new()
    {
        Accuracy = figures.Accuracy,
        EqualScores = figures.EqualScores,
        MeanGap = figures.MeanGap,
        Gaps = figures.Gaps,
        LeftOut = figures.LeftOut,
        Pairs = figures.Pairs,
    };

    /// <summary>The summary of what an evaluation found.</summary>
    internal static EvaluationSummary From(EvaluationFigures figures, EvaluationCondition? condition) => new()
    {
        Condition = condition,
        Asked = figures.Asked,
        Accuracy = figures.Accuracy,
        Format = figures.Format,
        Consistency = figures.Consistency,
        Length = figures.Length,
        Unreadable = figures.Unreadable,
        Undecided = figures.Undecided,
        UndecidedReason = figures.UndecidedReason,
        LeftOut = figures.LeftOut,
        Rewards = figures.Rewards.Count > 0 ? figures.Rewards : null,
        Figures = figures.Own.Figures.Count > 0 ? figures.Own.Figures : null,
        FirstShare = figures.Position?.FirstShare,
        SameResponse = figures.Position?.SameResponse,
        Pairs = figures.Pairs,
        SamplesPerPair = figures.SamplesPerPair,
    };
}
