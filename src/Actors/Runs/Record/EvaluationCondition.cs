using System.Globalization;
using Newtonsoft.Json;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data.Options;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// What the figures of an evaluation depend on beside the policy, as summary.json and tables state it.
/// </summary>
public sealed record EvaluationCondition
{
    /// <summary>Which response is shown first.</summary>
    [JsonProperty("order")]
    public required string Order { get; init; }

    /// <summary>What a tied vote counts as.</summary>
    [JsonProperty("ties")]
    public required string Ties { get; init; }

    /// <summary>How an answer must be written to count.</summary>
    [JsonProperty("answer")]
    public required string Answer { get; init; }

    /// <summary>The temperature that replies are sampled at.</summary>
    [JsonProperty("temperature")]
    public required double Temperature { get; init; }

    /// <summary>Most tokens of a reply.</summary>
    [JsonProperty("max-new-tokens")]
    public required int MaxNewTokens { get; init; }

    /// <summary>The template in whose words pairs are shown.</summary>
    [JsonProperty("template")]
    public required string Template { get; init; }

    /// <summary>Whether the consistency judge is asked.</summary>
    [JsonProperty("judge")]
    public required bool Judge { get; init; }

    /// <summary>The condition in words.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"order {Order}, ties {Ties}, answers {Answer}, temperature {Temperature}, at most {MaxNewTokens} tokens, "
        + $"template {Template}");

    /// <summary>The condition of a run's evaluations. Held-out pairs come in random order, or in both.</summary>
    internal static EvaluationCondition From(RunSettings settings, bool asksJudge) => new()
    {
        Order = EnumNames.Dashed(settings.Eval.BothOrders ? CandidateOrder.Both : CandidateOrder.Random),
        Ties = EnumNames.Dashed(settings.Eval.Ties),
        Answer = EnumNames.Dashed(settings.Rewards.Answer),
        Temperature = settings.Eval.Temperature,
        MaxNewTokens = settings.Rollout.Sampling.MaxNewTokens,
        Template = settings.Model.Template.Id,
        Judge = asksJudge,
    };
}
