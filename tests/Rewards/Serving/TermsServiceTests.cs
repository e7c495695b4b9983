using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Terms.Registry;
using R1Reward.Rewards.Tests.Terms.Custom;

namespace R1Reward.Rewards.Tests.Serving;

public sealed class TermsServiceTests
{
    private const string Good = "<think>a</think><answer>1</answer>";

    [Fact]
    public async Task Terms_are_weighed_and_added()
    {
        var service = Service([Term("format", 0.25), Term("result", 2)]);

        var scores = await service.ScoreAsync([Item("p", Good, "1"), Item("p", Good, "2"), Item("q", "1", "1")]);

        Assert.Equal([2.25, 0.25, 0.0], scores.Rewards.ToArray());
    }

    [Fact]
    public async Task Items_of_one_prompt_are_a_group()
    {
        var service = Service([Term("rank", 1, new JObject { ["of"] = new JObject { ["type"] = "format" } })]);

        var apart = await service.ScoreAsync([Item("p", Good, "1"), Item("q", "bad", "1")]);
        var together = await service.ScoreAsync([Item("p", Good, "1"), Item("p", "bad", "1")]);

        Assert.Null(together.Failure);
        Assert.Equal(apart.Rewards[0], apart.Rewards[1]);
        Assert.True(together.Rewards[0] > together.Rewards[1], $"{together.Rewards[0]} {together.Rewards[1]}");
    }

    [Theory]
    [InlineData(ConsistencyVerdict.Consistent, 2.0)]
    [InlineData(ConsistencyVerdict.Inconsistent, 1.5)]
    public async Task The_judge_is_asked_for_terms_that_need_its_word(ConsistencyVerdict verdict, double expected)
    {
        var service = Service(
            [R1Term.Definition(R1Form.Paper, consistency: true)], new JudgeOutcome(verdict, null, null, 1));

        Assert.Equal(
            [expected],
            (await service.ScoreAsync([Item("p", Good, "1")])) is var scores ? scores.Rewards.ToArray() : []);
    }

    [Fact]
    public async Task A_judge_out_of_reach_is_a_failure_of_the_service_and_a_missing_answer_one_of_the_items()
    {
        var away = new JudgeOutcome(
            ConsistencyVerdict.Undecided, "away", new JudgeFailure(JudgeFailureKind.Unreachable, "away"), 1);
        var service = Service([R1Term.Definition(R1Form.Paper, consistency: true)], away);

        var failed = await service.ScoreAsync([Item("p", Good, "1")]);
        var faulty = await service.ScoreAsync([Item("p", Good, null)]);

        Assert.Equal((false, true), (failed.ItemsAtFault, failed.Failure!.Contains("away")));
        Assert.Equal((true, true), (faulty.ItemsAtFault, faulty.Failure!.Contains("label")));
    }

    [Fact]
    public async Task Prompts_are_judged_side_by_side()
    {
        var (asked, both) = (0, new TaskCompletionSource());
        var service = Service([R1Term.Definition(R1Form.Paper, consistency: true)], async () =>
        {
            if (Interlocked.Increment(ref asked) == 2)
            {
                both.SetResult();
            }

            await both.Task.WaitAsync(TimeSpan.FromSeconds(30));
            return new JudgeOutcome(ConsistencyVerdict.Consistent, null, null, 1);
        });

        var scores = await service.ScoreAsync([Item("p", Good, "1"), Item("q", Good, "1")]);

        Assert.Equal([2.0, 2.0], scores.Rewards.ToArray());
    }

    [Fact]
    public async Task A_class_that_throws_fails_the_request_with_its_reason()
    {
        var options = new JObject
        {
            ["assembly"] = typeof(CustomTermTests).Assembly.Location,
            ["class"] = $"{typeof(CustomTermTests).FullName}+{nameof(CustomTermTests.Throwing)}",
        };

        var failed = await Service([Term("custom", 1, options)]).ScoreAsync([Item("p", Good, "1")]);

        Assert.Equal((false, true), (failed.ItemsAtFault, failed.Failure!.Contains("failed: FormatException: odd")));
    }

    [Fact]
    public void Terms_that_count_tokens_cannot_be_served_not_even_inside_others()
    {
        var nested = new JObject { ["of"] = new JObject { ["type"] = "length", ["max"] = 100 } };

        Assert.Contains(
            "counts tokens", Assert.Throws<UserErrorException>(() => Service([Term("overlong", 1)])).Message);
        Assert.Contains(
            "counts tokens", Assert.Throws<UserErrorException>(() => Service([Term("rank", 1, nested)])).Message);
    }

    [Fact]
    public void Paths_of_media_in_a_message_are_not_taken_over()
    {
        var pair = new PreferencePair
        {
            Id = new PairId("x"),
            Question = "q",
            Response1 = "a",
            Response2 = "b",
            Label = PreferenceLabel.First,
            Media = [new MediaItem(MediaKind.Image, "/etc/passwd")],
        };
        var message = (string)R1RewardRow.Write(pair, PromptTemplate.R1Pairwise)["message"]!;

        var read = R1RewardRow.FromMessage(message)!;

        Assert.Contains("/etc/passwd", message);
        Assert.Equal(("q", "a", "b", 0), (read.Question, read.Response1, read.Response2, read.Media.Count));
        Assert.Null(R1RewardRow.FromMessage("hello"));
    }

    private static TermsService Service(IReadOnlyList<RewardDefinition> terms, JudgeOutcome? judge = null) =>
        Service(terms, judge is null ? null : () => Task.FromResult(judge));

    private static TermsService Service(IReadOnlyList<RewardDefinition> terms, Func<Task<JudgeOutcome>>? judge) => new(
        new RewardFactory(new RewardServices { MaxReplyTokens = 100 }).Build(terms, "terms"),
        AcceptedAnswers.None,
        judge is null ? null : (_, _) => judge(),
        new RewardServiceOptions(),
        _ => { });

    private static RewardDefinition Term(string type, double weight, JObject? options = null) =>
        new(type, type, weight, false, options ?? []);

    private static RemoteItem Item(string prompt, string reply, string? reference) => new()
    {
        Prompt = prompt,
        Response = reply,
        Reference = reference,
    };
}
