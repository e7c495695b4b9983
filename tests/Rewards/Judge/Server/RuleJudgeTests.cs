using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Rewards.Tests.Judge.Server;

public sealed class RuleJudgeTests
{
    [Theory]
    [InlineData("total 2. response 1 says 2: right, response 2 says 3: wrong", Choice.First)]
    [InlineData("response 1 says 2 : wrong , response 2 says 3 : right", Choice.Second)]
    [InlineData("response 1 is right;response 2 is wrong</think>", Choice.First)]
    [InlineData("response 1 says yes: wrong, response 2 says no: right", Choice.Second)]
    [InlineData("Response 2 is better.", Choice.Second)]
    [InlineData("so response 1 is not correct", Choice.Second)]
    [InlineData("response 2 is not the better", Choice.First)]
    [InlineData("response 1 wins", Choice.First)]
    [InlineData("response 2 is worse", Choice.First)]
    [InlineData("so one; response 1 says two: wrong, response 2 says one: right; response 2 is better", Choice.Second)]
    [InlineData("response 1 says two: wrong, response 2 says four: wrong; response 1 is better", Choice.First)]
    [InlineData("response 1 says right: wrong, response 2 says left: right", Choice.Second)]
    [InlineData("response 1 says ratio 1:2: right, response 2 says 2:1: wrong", Choice.First)]
    public void A_conclusion_is_read(string analysis, Choice favoured) =>
        Assert.Equal(favoured, RuleJudge.Conclusion(analysis));

    [Theory]
    [InlineData("")]
    [InlineData("red vs red, circle vs any: yes, 1")]
    [InlineData("response 1 says 2, response 2 says 3")]
    [InlineData("response 1 says 2: right, response 2 says 2: right")]
    [InlineData("response 1 says 2: wrong, response 2 says 3: wrong")]
    [InlineData("response 1 is right. response 1 is wrong")]
    [InlineData("response 1 is right. response 1 is wrong; response 1 is better")]
    [InlineData("response 1 is better; response 2 is better")]
    [InlineData("response 1 says 2: right, response 2 says 3: wrong; response 2 is better")]
    [InlineData("both are fine")]
    [InlineData("output: 1")]
    public void What_is_ambiguous_has_no_conclusion(string analysis) => Assert.Null(RuleJudge.Conclusion(analysis));

    [Theory]
    [InlineData("response 1 is better", true)]
    [InlineData("response 2 is better", false)]
    [InlineData("two response are the same", false)]
    [InlineData("", false)]
    public void The_answer_must_claim_what_the_analysis_favours(string claim, bool agrees) =>
        Assert.Equal(
            agrees,
            RuleJudge.Agrees(new ConsistencyQuestion("response 1 says 2: right, response 2 says 3: wrong", claim)));

    // A trace that looks wrongly still concludes what it answers: consistency is not correctness.
    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void Traces_of_the_scenes_task_agree_with_their_answer_and_with_no_other(double noise)
    {
        var scenes = new SceneGenerator(
            seed: 1, new SceneOptions { Kinds = Enum.GetValues<SceneQuestionKind>(), MaxObjects = 9, Noise = noise });
        for (var i = 0; i < 200; i++)
        {
            var trace = scenes.Pair(SceneSide.Train, i).Judgment!;
            var turned = trace.EndsWith("<answer>1</answer>", StringComparison.Ordinal)
                ? trace.Replace("<answer>1", "<answer>2", StringComparison.Ordinal)
                : trace.Replace("<answer>2", "<answer>1", StringComparison.Ordinal);
            Assert.True(RuleJudge.Agrees(ConsistencyQuestion.FromReply(trace)), trace);
            Assert.False(RuleJudge.Agrees(ConsistencyQuestion.FromReply(turned)), turned);
        }
    }
}
