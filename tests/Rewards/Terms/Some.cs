using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Tests.Terms;

/// <summary>Traces, terms and judges for tests.</summary>
internal static class Some
{
    public const string Good = "<think>Response 1 names the cat. Response 1 is better.</think><answer>1</answer>";

    public static PreferencePair Pair { get; } = new()
    {
        Id = new PairId("p"),
        Question = "What is it?",
        Response1 = "a cat",
        Response2 = "a dog",
        Label = PreferenceLabel.First,
    };

    public static RewardInput Input(
        string reply = Good,
        PreferencePair? pair = null,
        int tokens = 20,
        ConsistencyVerdict verdict = ConsistencyVerdict.NotAsked) =>
        new()
        {
            Id = "t",
            Reply = reply,
            Tokens = tokens,
            Pair = pair ?? Pair,
            Verdict = verdict,
            Prompt = "Which is better?",
        };

    public static RewardDefinition Term(
        string type, string options = "{}", double weight = 1, string? name = null, bool waitsForBatch = false) =>
        new(name ?? type, type, weight, waitsForBatch, JObject.Parse(options));

    /// <summary>The suite of some terms, with a judge that gives the replies in turn (the last one for ever).</summary>
    public static RewardSuite Suite(IReadOnlyList<RewardDefinition> terms, IJudgeClient? judge = null) =>
        new RewardFactory(
            new RewardServices { Judge = judge is null ? null : () => judge, MaxReplyTokens = 100 }).Build(
                terms, "terms");

    public static async Task<RewardScore> ScoreAsync(
        string type, string options, RewardInput input, IJudgeClient? judge = null)
    {
        var terms = await Suite([Term(type, options)], judge).ScoreAsync([input]);
        return new RewardScore(terms[0][0].Value, terms[0][0].Reason);
    }
}
