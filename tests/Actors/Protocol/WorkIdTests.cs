using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Protocol;

public sealed class WorkIdTests
{
    private static readonly BatchId Step = BatchId.ForStep(12);
    private static readonly BatchId Evaluation = BatchId.ForEvaluation("step-10");

    private static readonly (WorkId Id, string Text)[] Texts =
    [
        (WorkId.ColdStart, "sft"),
        (WorkId.Rollout(Step, 17), "step-12/rollout/17"),
        (WorkId.Judge(Step, 17, 3), "step-12/judge/17.3"),
        (WorkId.Score(Step, 17), "step-12/score/17"),
        (WorkId.LateScore(Step, 17), "step-12/late/17"),
        (WorkId.Learn(Step), "step-12/learn"),
        (WorkId.Save(Step), "step-12/save"),
        (WorkId.Rollout(Evaluation, 0), "eval-step-10/rollout/0"),
        (WorkId.Judge(BatchId.ForEvaluation("rl"), 4, 14), "eval-rl/judge/4.14"),
    ];

    [Fact]
    public void An_id_is_written_as_logs_and_messages_have_it_and_read_back() => Assert.All(Texts, sample =>
    {
        Assert.Equal(sample.Text, sample.Id.ToString());
        Assert.Equal(sample.Id, WorkId.Parse(sample.Text));
    });

    [Theory]
    [InlineData("")]
    [InlineData("step-12")]
    [InlineData("step-x/learn")]
    [InlineData("step-12/learn/1")]
    [InlineData("step-12/judge/1")]
    [InlineData("step-12/rollout/1.2")]
    [InlineData("step-12/rollout/01")]
    [InlineData("step-12/rollout/99999999999")]
    [InlineData("other-1/rollout/1")]
    [InlineData("step-12/sft")]
    public void Other_text_is_no_id(string text) => Assert.Throws<FormatException>(() => WorkId.Parse(text));

    [Fact]
    public void A_batch_is_an_update_or_an_evaluation()
    {
        Assert.Equal((12, false, "step-12"), (Step.Step, Step.IsEvaluation, Step.ToString()));
        Assert.Equal((0, true, "eval-step-10"), (Evaluation.Step, Evaluation.IsEvaluation, Evaluation.ToString()));
        Assert.Equal(Evaluation, BatchId.Parse("eval-step-10"));
        Assert.Throws<FormatException>(() => BatchId.Parse("sft"));
    }
}
