using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Traces;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class RunMachineTests
{
    [Fact]
    public void A_run_is_cold_start_then_evaluation_then_updates_then_the_vote_then_finished()
    {
        var run = new MachineRun(MachineRun.Plan).StartAndFinish();

        Assert.Equal(RunOutcome.Finished, run.Machine.State.Outcome);
        Assert.Equal(
            [
                "ColdStartBegun", "ColdStartDone checkpoints/sft", "Evaluated sft",
                "StepBegun 1", "StepLearned 1",
                "StepBegun 2", "StepLearned 2 checkpoints/step-2",
                "Evaluated 2 rl", "Finished 2",
            ],
            run.Events);
        Assert.Equal([("rl", 1), ("rl", 2)], run.Figures);
        Assert.True(run.Closed);
        Assert.Equal(0, run.Ledger.Remaining);
    }

    [Fact]
    public void A_run_of_a_scalar_model_has_one_stage_and_its_held_out_figures()
    {
        var plan = MachineRun.Plan with { ColdStart = false, Steps = 0, ScalarSteps = 5 };
        var run = new MachineRun(plan);
        run.Machine.Start();
        Assert.Equal(RunStage.Scalar, run.Machine.State.Stage);
        run.Machine.State.Report(WorkId.Scalar, 3, new Dictionary<string, double> { ["loss"] = 1 });
        run.WorkOff();

        Assert.Equal(RunOutcome.Finished, run.Machine.State.Outcome);
        Assert.Equal(["ScalarBegun", "scores srm", "ScalarDone checkpoints/srm srm", "Finished"], run.Events);
        Assert.Equal([("srm", 3)], run.Figures);
        Assert.Equal(0, run.Ledger.Remaining);
    }

    [Fact]
    public void A_scalar_model_that_is_trained_is_not_trained_again()
    {
        var progress = RunProgress.From(
            [new JournalEntry(1, default, JournalKind.ScalarDone, Checkpoint: "checkpoints/srm")]);
        var run = new MachineRun(
            MachineRun.Plan with { ColdStart = false, Steps = 0, ScalarSteps = 5 }, progress).StartAndFinish();

        Assert.Equal(["Finished"], run.Events);
    }

    [Fact]
    public void Without_cold_start_and_updates_only_the_vote_is_left()
    {
        var run = new MachineRun(MachineRun.Plan with { ColdStart = false, Steps = 0 });
        run.Machine.Start();

        Assert.Equal(RunStage.Evaluating, run.Machine.State.Stage);
        Assert.All(run.Take(WorkKind.Rollout), item => Assert.Equal(3, ((RolloutWork)item.Payload).Samples));
    }

    [Fact]
    public void The_journal_has_the_line_before_the_work_that_follows_is_in_the_ledger()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.OnJournal = kind =>
        {
            Assert.True(run.Machine.State.Outcome is null);
            Assert.Equal(0, run.Ledger.Remaining);
        };

        run.StartAndFinish();
    }

    [Fact]
    public void A_trace_is_judged_and_scored_while_others_are_still_sampled()
    {
        var run = MachineRun.Rolling();
        var (first, second) = (run.Take(WorkKind.Rollout, 1)[0], run.Take(WorkKind.Rollout, 1)[0]);

        run.Do(first);
        run.Do(run.Take(WorkKind.Judge));
        run.Do(run.Take(WorkKind.Score));

        Assert.Equal((2, 4), (run.Machine.State.Scored, run.Machine.State.Expected));
        Assert.Equal(RunStage.Rolling, run.Machine.State.Stage);
        run.Do(second);
        Assert.Equal(RunStage.Scoring, run.Machine.State.Stage);
        run.Score();
        Assert.Equal(RunStage.Learning, run.Machine.State.Stage);
    }

    [Fact]
    public void The_learner_gets_the_batch_whole_and_in_order_whatever_the_order_of_arrival()
    {
        var run = MachineRun.Rolling();
        run.Do(run.Take(WorkKind.Rollout).Reverse());
        run.Do(run.Take(WorkKind.Judge).Reverse());
        var scores = run.Take(WorkKind.Score).ToList();
        run.Do(scores.Skip(1).Reverse());
        Assert.Empty(run.Batches);

        run.Do(scores[0]);

        var batch = Assert.Single(run.Batches);
        string[] ids = ["step-1/rollout/0/0", "step-1/rollout/0/1", "step-1/rollout/1/0", "step-1/rollout/1/1"];
        Assert.Equal(ids, batch.Select(judged => judged.Trace.Id));
        Assert.Equal([0, 0, 1, 1], batch.Select(judged => judged.Group));
        Assert.All(batch, judged => Assert.NotNull(judged.Reward));
        Assert.Equal("step-1/learn", run.TakeOne(WorkKind.Learn).Key.Id.ToString());
    }

    [Fact]
    public void The_judge_is_asked_only_about_readable_replies()
    {
        const string readable = "<think>x</think><answer>2</answer>";
        var run = MachineRun.Rolling(reply: id => id.EndsWith("/1", StringComparison.Ordinal) ? "no idea" : readable);
        run.Do(run.Take(WorkKind.Rollout));

        var judging = run.Take(WorkKind.Judge);
        Assert.Equal(["step-1/judge/0.0", "step-1/judge/1.0"], judging.Select(item => item.Key.Id.ToString()));
        Assert.Empty(run.Take(WorkKind.Score));
        run.Do(judging);
        var scoring = run.Take(WorkKind.Score);
        Assert.Equal(["step-1/score/0", "step-1/score/1"], scoring.Select(item => item.Key.Id.ToString()));
    }

    [Fact]
    public void Terms_that_wait_for_the_whole_batch_are_asked_for_when_it_is_there()
    {
        var rewards = new RewardPlan { AskJudge = true, LateTerms = true, TermNames = ["late", "early"] };
        var run = MachineRun.Rolling(MachineRun.Plan with { TrainingRewards = rewards });
        var prompts = run.Take(WorkKind.Rollout);
        run.Do(prompts[0]);
        run.Score();
        Assert.Empty(run.Take(WorkKind.Score));

        run.Do(prompts[1]);
        Assert.Equal("step-1/late/0", run.TakeOne(WorkKind.Score).Key.Id.ToString());
        run.Ledger.ReleaseWorker("w");
        run.Score();
        run.Score();

        Assert.All(Assert.Single(run.Batches), judged =>
        {
            Assert.Equal(["late", "early"], judged.Reward!.Terms.Select(term => term.Name));
            Assert.Equal(4.0, judged.Reward.Total);
        });
    }

    [Fact]
    public void A_scorer_that_loses_a_trace_stops_the_run()
    {
        var run = MachineRun.Rolling(MachineRun.Plan with { TrainingRewards = new RewardPlan() });
        run.Do(run.Take(WorkKind.Rollout));
        var item = run.Take(WorkKind.Score)[0];
        var rewards = ((ScoreResult)run.ResultOf(item)).Rewards;
        var error = Assert.Throws<InvalidOperationException>(() => run.Complete(item, new ScoreResult([rewards[0]])));
        Assert.Equal("step-1: 1 rewards for the 2 traces of prompt 0", error.Message);
    }

    [Fact]
    public void Without_the_consistency_reward_nobody_is_judged()
    {
        var run = MachineRun.Rolling(MachineRun.Plan with { TrainingRewards = new RewardPlan() });
        run.Do(run.Take(WorkKind.Rollout));

        Assert.Empty(run.Take(WorkKind.Judge));
        Assert.Equal(2, run.Take(WorkKind.Score).Count);
    }

    [Fact]
    public void Strictly_on_policy_nothing_is_sampled_during_the_update()
    {
        var run = MachineRun.Learning(MachineRun.Plan);

        Assert.Empty(run.Take(WorkKind.Rollout));
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.All(run.Take(WorkKind.Rollout), item => Assert.Equal(1, VersionOf(item)));
    }

    [Fact]
    public void One_step_of_staleness_samples_exactly_one_batch_ahead()
    {
        var run = MachineRun.Learning(MachineRun.Plan with { MaxStaleness = 1, Steps = 4 });
        var learn = run.TakeOne(WorkKind.Learn);
        var ahead = run.Take(WorkKind.Rollout);

        Assert.All(ahead, item => Assert.Equal(2, item.Key.Id.Batch.Step));
        Assert.All(ahead, item => Assert.Equal(0, VersionOf(item)));
        Assert.Equal(RunStage.Rolling, run.Machine.State.Stage);
        run.Do(ahead);
        run.Score();
        Assert.Equal(RunStage.Learning, run.Machine.State.Stage);
        Assert.Empty(run.Take(WorkKind.Rollout));
        Assert.Empty(run.Take(WorkKind.Learn));

        run.Do(learn);

        Assert.Equal("step-2/learn", run.TakeOne(WorkKind.Learn).Key.Id.ToString());
        Assert.Equal(RunStage.Publishing, run.Machine.State.Stage);
        Assert.All(run.Take(WorkKind.Rollout), item => Assert.Equal((3, 1), (item.Key.Id.Batch.Step, VersionOf(item))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_run_of_any_staleness_makes_every_update_once(int staleness)
    {
        var plan = MachineRun.Plan with { MaxStaleness = staleness, Steps = 5, EvaluateEvery = 2 };
        var run = new MachineRun(plan).StartAndFinish();

        Assert.Equal(RunOutcome.Finished, run.Machine.State.Outcome);
        Assert.Equal([1, 2, 3, 4, 5], run.Figures.Select(figure => figure.Step));
        Assert.Equal(5, run.Batches.Count);
        Assert.Equal(
            ["Evaluated sft", "Evaluated 2 step-2", "Evaluated 4 step-4", "Evaluated 5 rl"],
            run.Events.Where(line => line.StartsWith("Evaluated", StringComparison.Ordinal)));
    }

    [Fact]
    public void Traces_of_other_weights_than_announced_are_never_learned_from()
    {
        var run = MachineRun.Rolling();
        foreach (var item in run.Take(WorkKind.Rollout))
        {
            var pair = ((RolloutWork)item.Payload).Pair;
            var traces = Enumerable.Range(0, 2).Select(i => MachineRun.TraceOf($"{i}", pair, 7, "no idea"));
            run.Complete(item, new RolloutResult([.. traces]));
        }

        var error = Assert.Throws<InvalidOperationException>(run.Score);
        Assert.Contains("4 of 4 traces by other weights", error.Message);
    }

    [Fact]
    public void A_worker_that_hands_in_too_few_traces_is_found_out_at_once()
    {
        var run = MachineRun.Rolling();
        var item = run.Take(WorkKind.Rollout, 1)[0];

        Assert.Throws<InvalidOperationException>(() => run.Complete(item, new RolloutResult([])));
    }

    [Fact]
    public void Progress_of_the_cold_start_shows_and_is_recorded()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.Machine.Start();

        run.Machine.State.Report(WorkId.ColdStart, 7, new Dictionary<string, double> { ["loss"] = 2 });

        var state = run.Machine.State;
        Assert.Equal((RunStage.ColdStart, 7, 2.0), (state.Stage, state.Step, state.Latest["loss"]));
        Assert.Equal([("sft", 7)], run.Figures);
        run.Do(run.TakeOne(WorkKind.Sft));
        state.Report(WorkId.ColdStart, 8, new Dictionary<string, double>());
        Assert.Single(run.Figures);
    }

    [Fact]
    public void A_stage_shows_its_own_figures_and_never_those_of_the_one_before()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.Machine.Start();
        var state = run.Machine.State;
        state.Report(WorkId.ColdStart, 7, new Dictionary<string, double> { ["loss"] = 2 });
        run.Do(run.TakeOne(WorkKind.Sft));
        Assert.Equal((RunStage.Evaluating, 0), (state.Stage, state.Latest.Count));

        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        Assert.Equal((RunStage.Rolling, 0), (state.Stage, state.Latest.Count));

        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal((RunStage.Publishing, 1.0), (state.Stage, state.Latest["accuracy"]));
    }

    [Fact]
    public void A_pair_that_cannot_be_shown_is_left_out_and_the_update_goes_on_with_the_others()
    {
        var run = MachineRun.Rolling();
        var items = run.Take(WorkKind.Rollout);
        run.Complete(items[0], new RolloutLeftOut("a.png: Missing, does not exist"));
        run.Do(items.Skip(1));
        run.Score();

        Assert.Equal(2, Assert.Single(run.Batches).Count);
        Assert.Contains("without step-1 pair train-0: a.png: Missing, does not exist", run.Events);
        Assert.Equal(RunStage.Learning, run.Machine.State.Stage);
    }

    [Fact]
    public void The_pair_that_is_left_out_last_closes_the_sampling_too()
    {
        var run = MachineRun.Rolling();
        var items = run.Take(WorkKind.Rollout);
        run.Do(items.Take(1));
        run.Score();
        run.Complete(items[1], new RolloutLeftOut("a.png: Missing"));

        Assert.Equal(2, Assert.Single(run.Batches).Count);
    }

    [Fact]
    public void Noise_in_place_of_pictures_is_judged_last_and_only_where_asked_for()
    {
        var noise = new[] { MachineRun.PairOf("noise-0") };
        var plan = MachineRun.Plan with { EvaluateNoise = true };
        var asked = new MachineRun(plan) { HeldOutNoise = noise }.StartAndFinish();
        var unasked = new MachineRun(MachineRun.Plan) { HeldOutNoise = noise }.StartAndFinish();

        Assert.Equal(["Evaluated 2 rl", "Evaluated 2 noise", "Finished 2"], asked.Events.TakeLast(3));
        Assert.DoesNotContain("Evaluated 2 noise", unasked.Events);
    }

    [Fact]
    public void Work_that_is_given_out_again_is_counted_among_the_figures_of_the_update()
    {
        var run = MachineRun.Rolling();
        run.Take(WorkKind.Rollout);
        run.Ledger.ReleaseWorker("w");
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal(2, run.Machine.State.Latest["given-out-again"]);

        var undisturbed = MachineRun.Learning(MachineRun.Plan);
        undisturbed.Do(undisturbed.TakeOne(WorkKind.Learn));
        Assert.DoesNotContain("given-out-again", undisturbed.Machine.State.Latest.Keys);
    }

    private static int VersionOf(Assignment rollout) => ((RolloutWork)rollout.Payload).Weights.Version.Number;
}
