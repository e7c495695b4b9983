using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination.Batches;

public sealed class RolloutBatchTests
{
    private const int Samples = 2;

    private static readonly BatchId Step = BatchId.ForStep(3);

    private readonly WorkLedger _ledger = new(1, TimeSpan.FromMinutes(1), new ManualTime());

    [Fact]
    public void A_prompt_goes_from_rollout_by_the_judge_to_its_rewards()
    {
        var batch = Begun(new RewardPlan { AskJudge = true }, prompts: 1);

        batch.Complete(WorkId.Rollout(Step, 0), Traces());
        Assert.Equal((2, 0), (batch.Sampled, batch.Scored));
        batch.Complete(WorkId.Judge(Step, 0, 1), new JudgeResult(ConsistencyVerdict.Inconsistent, null));
        Assert.Empty(Open(WorkKind.Score));
        batch.Complete(WorkId.Judge(Step, 0, 0), new JudgeResult(ConsistencyVerdict.Undecided, "away"));

        var work = Assert.IsType<ScoreWork>(Assert.Single(Open(WorkKind.Score)).Payload);
        ConsistencyVerdict[] verdicts = [ConsistencyVerdict.Undecided, ConsistencyVerdict.Inconsistent];
        Assert.Equal(verdicts, work.Replies.Select(reply => reply.Verdict));
        Assert.Equal("away", work.Replies[0].JudgeReason);
        batch.Complete(WorkId.Score(Step, 0), Rewards("early", 1, 2));
        Assert.True(batch.IsComplete);
        Assert.Equal([1, 2], batch.Traces.Select(judged => judged.Reward!.Total));
    }

    [Theory]
    [InlineData(AnswerReading.Strict, false)]
    [InlineData(AnswerReading.Lenient, true)]
    public void Replies_are_read_as_the_run_says_and_the_judge_is_asked_about_those_that_name_a_response(
        AnswerReading reading, bool read)
    {
        var batch = Begun(new RewardPlan { AskJudge = true, Answer = reading }, prompts: 1);

        batch.Complete(WorkId.Rollout(Step, 0), Traces("<think>a</think><answer>**2**</answer>"));

        Choice? choice = read ? Choice.Second : null;
        Assert.All(batch.Traces, judged => Assert.Equal(choice, judged.Judgment.Choice));
        Assert.Equal(read ? Samples : 0, Open(WorkKind.Judge).Count());
    }

    [Fact]
    public void Judges_and_terms_read_published_tags_whatever_the_replies_are_written_in()
    {
        var tags = new JudgmentTags("why", "best");
        var batch = Begun(new RewardPlan { AskJudge = true, Tags = tags }, prompts: 1);
        const string own = "<why>A is right.</why><best>1</best>";
        const string published = "<think>A is right.</think><answer>1</answer>";

        batch.Complete(WorkId.Rollout(Step, 0), Traces(own));

        Assert.All(Open(WorkKind.Judge), item => Assert.Equal(published, ((JudgeWork)item.Payload).Reply));
        batch.Complete(WorkId.Judge(Step, 0, 0), new JudgeResult(ConsistencyVerdict.Consistent, null));
        batch.Complete(WorkId.Judge(Step, 0, 1), new JudgeResult(ConsistencyVerdict.Consistent, null));
        var work = (ScoreWork)Assert.Single(Open(WorkKind.Score)).Payload;
        Assert.All(work.Replies, reply => Assert.Equal(published, reply.Text));
        Assert.All(batch.Traces, judged => Assert.Equal((own, true), (judged.Trace.Text, judged.Judgment.WellFormed)));
    }

    [Fact]
    public void Late_terms_wait_for_the_traces_of_every_prompt_and_come_in_the_order_of_the_configuration()
    {
        var batch = Begun(new RewardPlan { LateTerms = true, TermNames = ["late", "early"] }, prompts: 2);
        batch.Complete(WorkId.Rollout(Step, 1), Traces());
        batch.Complete(WorkId.Score(Step, 1), Rewards("early", 1, 2));
        Assert.DoesNotContain(Open(WorkKind.Score), item => item.Key.Id.Stage == WorkStage.LateScore);

        batch.Complete(WorkId.Rollout(Step, 0), Traces());
        WorkId[] scoring = [WorkId.LateScore(Step, 1), WorkId.Score(Step, 0)];
        Assert.Equal(scoring, Open(WorkKind.Score).Select(item => item.Key.Id));
        batch.Complete(WorkId.LateScore(Step, 1), Rewards("late", 10, 20));
        Assert.Equal((2, 4), (batch.Scored, batch.Expected));

        // The traces are all there by now, so the late terms of the last prompt follow at once.
        batch.Complete(WorkId.Score(Step, 0), Rewards("early", 3, 4));
        Assert.Equal(WorkId.LateScore(Step, 0), Assert.Single(Open(WorkKind.Score)).Key.Id);
        batch.Complete(WorkId.LateScore(Step, 0), Rewards("late", 30, 40));

        Assert.Equal([33, 44, 11, 22], batch.Traces.Select(judged => judged.Reward!.Total));
        Assert.All(
            batch.Traces, judged => Assert.Equal(["late", "early"], judged.Reward!.Terms.Select(term => term.Name)));
    }

    [Fact]
    public void A_prompt_that_is_left_out_is_waited_for_by_nobody()
    {
        var batch = Begun(new RewardPlan { LateTerms = true }, prompts: 2);
        batch.Complete(WorkId.Rollout(Step, 0), Traces());
        batch.Complete(WorkId.Score(Step, 0), Rewards("early", 1, 2));
        Open(WorkKind.Score);

        batch.Complete(WorkId.Rollout(Step, 1), new RolloutLeftOut("a.png: Missing"));

        Assert.Equal("pair 1: a.png: Missing", Assert.Single(batch.LeftOut));
        Assert.Equal(WorkId.LateScore(Step, 0), Assert.Single(Open(WorkKind.Score)).Key.Id);
        batch.Complete(WorkId.LateScore(Step, 0), Rewards("late", 1, 2));
        Assert.True(batch.IsComplete);
        Assert.Equal(2, batch.Traces.Count);
    }

    [Fact]
    public void Its_stage_is_publishing_then_rolling_then_scoring()
    {
        var batch = Begun(new RewardPlan(), prompts: 2);
        Assert.Equal(RunStage.Publishing, batch.Stage);

        batch.Complete(WorkId.Rollout(Step, 0), Traces());
        Assert.Equal(RunStage.Rolling, batch.Stage);
        batch.Complete(WorkId.Rollout(Step, 1), Traces());
        Assert.Equal(RunStage.Scoring, batch.Stage);
    }

    [Fact]
    public void A_result_that_does_not_fit_its_item_is_a_broken_invariant()
    {
        var batch = Begun(new RewardPlan(), prompts: 1);

        var other = Assert.Throws<InvalidOperationException>(
            () => batch.Complete(WorkId.Rollout(BatchId.ForStep(4), 0), Traces()));
        Assert.Equal("result of step-4/rollout/0, which step-3 does not wait for", other.Message);
        var kind = Assert.Throws<InvalidOperationException>(
            () => batch.Complete(WorkId.Rollout(Step, 0), Rewards("early", 1, 2)));
        Assert.Equal("step-3/rollout/0: a ScoreResult is no result of such work", kind.Message);
    }

    [Fact]
    public void Evaluations_say_so_in_all_their_work()
    {
        var id = BatchId.ForEvaluation("rl");
        PreferencePair[] pairs = [MachineRun.PairOf("0")];
        var batch = new RolloutBatch(id, MachineRun.Weights(2), pairs, Samples, new RewardPlan(), _ledger);
        batch.Begin(seed: 7);

        Assert.True(Assert.IsType<RolloutWork>(Assert.Single(Open(WorkKind.Rollout)).Payload).Evaluation);
        batch.Complete(WorkId.Rollout(id, 0), Traces());
        Assert.True(Assert.IsType<ScoreWork>(Assert.Single(Open(WorkKind.Score)).Payload).Evaluation);
        Assert.Equal(RunStage.Evaluating, batch.Stage);
    }

    private RolloutBatch Begun(RewardPlan rewards, int prompts)
    {
        var pairs = Enumerable.Range(0, prompts).Select(prompt => MachineRun.PairOf($"{prompt}")).ToList();
        var batch = new RolloutBatch(Step, MachineRun.Weights(2), pairs, Samples, rewards, _ledger);
        batch.Begin(seed: 7);
        return batch;
    }

    private IReadOnlyList<Assignment> Open(WorkKind kind) => _ledger.Take("w", kind, 100);

    private static RolloutResult Traces(string text = "<think>Response 1 is right.</think><answer>1</answer>")
    {
        var samples = Enumerable.Range(0, Samples);
        return new([.. samples.Select(sample => MachineRun.TraceOf($"{sample}", MachineRun.PairOf("0"), 2, text))]);
    }

    private static ScoreResult Rewards(string term, params double[] totals) =>
        new([.. totals.Select(total => RewardOf(term, total))]);

    private static RewardBreakdown RewardOf(string term, double total) => new()
    {
        Format = 1,
        Result = 1,
        Consistency = 0,
        Verdict = ConsistencyVerdict.NotAsked,
        Status = JudgmentStatus.Tagged,
        Total = total,
        Terms = [new TermScore(term, total, 1, null)],
    };
}
