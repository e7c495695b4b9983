using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using Xunit;

namespace R1Reward.Reference.Tests.Rewards;

public sealed class ConsistencyTests
{
    [ReferenceTheory("rl-and-rewards", "r1_consistency_judge")]
    public void The_judge_is_shown_the_published_tail_and_claim(string name)
    {
        foreach (var row in new RewardCase(name).Rows("prompts"))
        {
            var expected = new ConsistencyQuestion((string)row["tail"]!, (string)row["claimed"]!);
            Assert.Equal(expected, ConsistencyQuestion.FromReply((string)row["text"]!));
        }
    }

    [ReferenceTheory("rl-and-rewards", "r1_consistency_judge")]
    public async Task Read_as_there_replies_give_the_published_verdicts_and_calls(string name)
    {
        foreach (var row in new RewardCase(name).Rows("judged"))
        {
            var outcome = await Grade(row, ReplyReading.Reference);
            var expected = (int)row["score"]! switch
            {
                1 => ConsistencyVerdict.Consistent,
                -1 => ConsistencyVerdict.Inconsistent,
                _ => ConsistencyVerdict.Undecided,
            };
            Assert.Equal((expected, (int)row["calls"]!), (outcome.Verdict, outcome.Asks));
        }
    }

    /// <summary>
    /// The strict reading takes fewer replies for a verdict; from one and the same reply it never reads the other one.
    /// </summary>
    [ReferenceTheory("rl-and-rewards", "r1_consistency_judge")]
    public void Read_strictly_a_reply_says_the_same_or_nothing(string name) => Assert.All(
        new RewardCase(name).Rows("judged").SelectMany(row => row["judge_replies"]!.Select(reply => (string)reply!)),
        reply => Assert.True(
            ConsistencyPrompt.ParseReply(reply) is not { } verdict
                || verdict == ConsistencyPrompt.ParseReply(reply, ReplyReading.Reference),
            reply));

    private static Task<JudgeOutcome> Grade(JToken row, ReplyReading reading)
    {
        var client = new ScriptedClient(row["judge_replies"]!.Select(reply => (string)reply!));
        return new ConsistencyJudge(client, reading: reading).GradeAsync("<think>a</think><answer>1</answer>");
    }

    private sealed class ScriptedClient(IEnumerable<string> texts) : IJudgeClient
    {
        private readonly Queue<string> _texts = new(texts);

        public Task<JudgeReply> AskAsync(JudgePrompt prompt, CancellationToken cancellationToken = default) =>
            Task.FromResult(new JudgeReply(_texts.Dequeue(), null, 1, TimeSpan.Zero));
    }
}
