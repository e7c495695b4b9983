using System.Text.RegularExpressions;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Registry;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Configuration;

/// <summary>
/// docs/rewards.md: its examples can be used as they stand, and the class in it is the one that is built.
/// </summary>
public sealed class RewardManualTests : IDisposable
{
    private static readonly string Own = Path.Combine(Fixtures.Repository, "examples", "own-reward");
    private static readonly string Manual = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "rewards.md"));

    private readonly TempFolder _folder = new();

    public static TheoryData<string> Types => [.. RewardTypes.Names];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_type_has_an_example_that_builds(string type)
    {
        var section = Regex.Match(
            Manual, $@"\n## `{type}`\n(.*?)(?=\n## |\z)", RegexOptions.Singleline).Groups[1].Value;
        var example = Regex.Match(section, @"\n```\n(\{.*?)\n```\n", RegexOptions.Singleline).Groups[1].Value;

        using var rewards = Build(
            $"r1reward.rewards {{ folder = \"{Own}\", terms = [ {example} ] }}\n" +
            "r1reward.judge.endpoints = [\"http://127.0.0.1:1/v1\"]\n");

        Assert.Equal(type, Assert.Single(rewards.Training.Terms).Definition.Type);
    }

    [Fact]
    public void The_first_example_builds()
    {
        var example = Regex.Match(
            Manual, @"\n```\n(r1reward\.rewards.*?)\n```\n", RegexOptions.Singleline).Groups[1].Value;

        using var rewards = Build(
            example + "\nr1reward.judge.endpoints = [\"http://127.0.0.1:1/v1\"]\nr1reward.rl.samples-per-prompt = 4\n");

        Assert.Equal((3, 1), (rewards.Training.Terms.Count, rewards.Evaluation.Terms.Count));
    }

    [Fact]
    public async Task The_class_of_ones_own_is_built_loaded_and_pays()
    {
        using var rewards = Open(Path.Combine(Own, "run.conf"));

        var terms = await rewards.Training.ScoreAsync(
            [Trace("Response 1 is right, response 2 is not."), Trace("Response 1 is right.")]);

        Assert.Equal(["r1", "mentions"], terms[0].Select(term => term.Name));
        Assert.Equal([1.0, 0.5], terms.Select(trace => trace[1].Value!.Value));
        Assert.Equal(2.2, TermScore.Total(terms[0]), 1e-12);
    }

    [Fact]
    public void The_class_in_the_manual_is_the_one_that_is_built() =>
        Assert.Contains(File.ReadAllText(Path.Combine(Own, "Mentions.cs")), Manual, StringComparison.Ordinal);

    private static RewardInput Trace(string analysis) => new()
    {
        Id = "t",
        Reply = $"<think>{analysis}</think><answer>1</answer>",
        Tokens = 20,
        Pair = new PreferencePair
        {
            Id = new PairId("p"),
            Question = "q",
            Response1 = "a",
            Response2 = "b",
            Label = PreferenceLabel.First,
        },
        Verdict = ConsistencyVerdict.Consistent,
    };

    private RunRewards Build(string text)
    {
        var path = _folder.At("test.conf");
        File.WriteAllText(path, text);
        return Open(path);
    }

    private static RunRewards Open(string path) =>
        new(
            RunSettings.Read(Configurations.Load(path, [], _ => null).Reader()),
            options => new OpenAiJudgeClient(options, TimeProvider.System),
            TimeProvider.System);
}
