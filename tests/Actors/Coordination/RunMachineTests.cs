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
                "StepBegun 1", "StepLearned 1", "StepBegun 2", "StepLearned 2 checkpoints/step-2", "Evaluated 2 rl", "Finished 2",
            ],
            run.Events);
        Assert.Equal([("rl", 1), ("rl", 2)], run.Figures);
        Assert.True(run.Closed);
        Assert.Equal(0, run.Ledger.Remaining);
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
        var run = Rolling();
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
        var run = Rolling();
        run.Do(run.Take(WorkKind.Rollout).Reverse());
        run.Do(run.Take(WorkKind.Judge).Reverse());
        var scores = run.Take(WorkKind.Score).ToList();
        run.Do(scores.Skip(1).Reverse());
        Assert.Empty(run.Batches);

        run.Do(scores[0]);

        var batch = Assert.Single(run.Batches);
        Assert.Equal(["step-1/rollout/0/0", "step-1/rollout/0/1", "step-1/rollout/1/0", "step-1/rollout/1/1"], batch.Select(sample => sample.Trace.Id));
        Assert.Equal([0, 0, 1, 1], batch.Select(sample => sample.Group));
        Assert.All(batch, sample => Assert.NotNull(sample.Reward));
        Assert.Equal("step-1/learn", run.TakeOne(WorkKind.Learn).Key.Id.ToString());
    }

    [Fact]
    public void The_judge_is_asked_only_about_readable_replies()
    {
        var run = Rolling(reply: id => id.EndsWith("/1", StringComparison.Ordinal) ? "no idea" : "<think>x</think><answer>2</answer>");
        run.Do(run.Take(WorkKind.Rollout));

        var judging = run.Take(WorkKind.Judge);
        Assert.Equal(["step-1/judge/0.0", "step-1/judge/1.0"], judging.Select(item => item.Key.Id.ToString()));
        Assert.Empty(run.Take(WorkKind.Score));
        run.Do(judging);
        Assert.Equal(["step-1/score/0", "step-1/score/1"], run.Take(WorkKind.Score).Select(item => item.Key.Id.ToString()));
    }

    [Fact]
    public void Terms_that_wait_for_the_whole_batch_are_asked_for_when_it_is_there()
    {
        var run = Rolling(MachineRun.Plan with { TrainingRewards = new RewardPlan { AskJudge = true, LateTerms = true, TermNames = ["late", "early"] } });
        var prompts = run.Take(WorkKind.Rollout);
        run.Do(prompts[0]);
        run.Score();
        Assert.Empty(run.Take(WorkKind.Score));

        run.Do(prompts[1]);
        Assert.Equal("step-1/late/0", run.TakeOne(WorkKind.Score).Key.Id.ToString());
        run.Ledger.ReleaseWorker("w");
        run.Score();
        run.Score();

        Assert.All(Assert.Single(run.Batches), sample => Assert.Equal(("late early", 4.0), (string.Join(' ', sample.Reward!.Terms.Select(term => term.Name)), sample.Reward.Total)));
    }

    [Fact]
    public void A_scorer_that_loses_a_trace_stops_the_run()
    {
        var run = Rolling(MachineRun.Plan with { TrainingRewards = new RewardPlan() });
        run.Do(run.Take(WorkKind.Rollout));
        var item = run.Take(WorkKind.Score)[0];
        var rewards = ((ScoreResult)run.ResultOf(item)).Rewards;
        var error = Assert.Throws<InvalidOperationException>(() => run.Complete(item, new ScoreResult([rewards[0]])));
        Assert.Equal("step-1: 1 rewards for the 2 traces of prompt 0", error.Message);
    }

    [Fact]
    public void Without_the_consistency_reward_nobody_is_judged()
    {
        var run = Rolling(MachineRun.Plan with { TrainingRewards = new RewardPlan() });
        run.Do(run.Take(WorkKind.Rollout));

        Assert.Empty(run.Take(WorkKind.Judge));
        Assert.Equal(2, run.Take(WorkKind.Score).Count);
    }

    [Fact]
    public void Strictly_on_policy_nothing_is_sampled_during_the_update()
    {
        var run = Learning(MachineRun.Plan);

        Assert.Empty(run.Take(WorkKind.Rollout));
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.All(run.Take(WorkKind.Rollout), item => Assert.Equal(1, ((RolloutWork)item.Payload).Weights.Version.Number));
    }

    [Fact]
    public void One_step_of_staleness_samples_exactly_one_batch_ahead()
    {
        var run = Learning(MachineRun.Plan with { MaxStaleness = 1, Steps = 4 });
        var learn = run.TakeOne(WorkKind.Learn);
        var ahead = run.Take(WorkKind.Rollout);

        Assert.All(ahead, item => Assert.Equal(2, item.Key.Id.Batch.Step));
        Assert.All(ahead, item => Assert.Equal(0, ((RolloutWork)item.Payload).Weights.Version.Number));
        run.Do(ahead);
        run.Score();
        Assert.Empty(run.Take(WorkKind.Rollout));
        Assert.Empty(run.Take(WorkKind.Learn));

        run.Do(learn);

        Assert.Equal("step-2/learn", run.TakeOne(WorkKind.Learn).Key.Id.ToString());
        Assert.All(run.Take(WorkKind.Rollout), item => Assert.Equal((3, 1), (item.Key.Id.Batch.Step, ((RolloutWork)item.Payload).Weights.Version.Number)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void A_run_of_any_staleness_makes_every_update_once(int staleness)
    {
        var run = new MachineRun(MachineRun.Plan with { MaxStaleness = staleness, Steps = 5, EvaluateEvery = 2 }).StartAndFinish();

        Assert.Equal(RunOutcome.Finished, run.Machine.State.Outcome);
        Assert.Equal([1, 2, 3, 4, 5], run.Figures.Select(figure => figure.Step));
        Assert.Equal(5, run.Batches.Count);
        Assert.Equal(["Evaluated sft", "Evaluated 2 step-2", "Evaluated 4 step-4", "Evaluated 5 rl"], run.Events.Where(line => line.StartsWith("Evaluated", StringComparison.Ordinal)));
    }

    [Fact]
    public void Traces_of_other_weights_than_announced_are_never_learned_from()
    {
        var run = Rolling();
        foreach (var item in run.Take(WorkKind.Rollout))
        {
            var pair = ((RolloutWork)item.Payload).Pair;
            run.Complete(item, new RolloutResult([.. Enumerable.Range(0, 2).Select(i => MachineRun.TraceOf($"{i}", pair, 7, "no idea"))]));
        }

        var error = Assert.Throws<InvalidOperationException>(run.Score);
        Assert.Contains("4 of 4 traces by other weights", error.Message);
    }

    [Fact]
    public void A_worker_that_hands_in_too_few_traces_is_found_out_at_once()
    {
        var run = Rolling();
        var item = run.Take(WorkKind.Rollout, 1)[0];

        Assert.Throws<InvalidOperationException>(() => run.Complete(item, new RolloutResult([])));
    }

    [Fact]
    public void Stop_finishes_the_step_with_a_checkpoint()
    {
        var run = Rolling();
        run.Machine.Stop();
        Assert.Null(run.Machine.State.Outcome);

        run.WorkOff();

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal("StepLearned 1 checkpoints/step-1", run.Events[^1]);
        Assert.True(run.Closed);
    }

    [Fact]
    public void Stop_during_an_update_without_checkpoint_loses_no_update()
    {
        var run = Learning(MachineRun.Plan with { Steps = 9 });
        run.Machine.Stop();

        run.WorkOff();

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal("StepLearned 2 checkpoints/step-2", run.Events[^1]);
    }

    [Fact]
    public void Stop_during_an_evaluation_ends_at_once_and_the_evaluation_is_made_when_the_run_is_taken_up()
    {
        var plan = MachineRun.Plan with { EvaluateEvery = 1, CheckpointEvery = 1 };
        var run = Learning(plan);
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal(RunStage.Evaluating, run.Machine.State.Stage);

        run.Machine.Stop();

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        var again = new MachineRun(plan, Progress(1, "sft")).StartAndFinish();
        Assert.Equal(["Evaluated 1 step-1", "StepBegun 2", "StepLearned 2 checkpoints/step-2", "Evaluated 2 rl", "Finished 2"], again.Events);
    }

    [Fact]
    public void A_cold_start_that_was_stopped_ends_the_run()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.Machine.Start();
        run.Machine.Stop();

        run.Complete(run.TakeOne(WorkKind.Sft), new WorkStopped("checkpoints/sft-partial"));

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
    }

    [Fact]
    public void A_run_that_is_taken_up_goes_on_after_its_checkpoint_and_repeats_no_evaluation()
    {
        var run = new MachineRun(MachineRun.Plan with { Steps = 3 }, Progress(2, "sft")).StartAndFinish();

        Assert.Equal(["StepBegun 3", "StepLearned 3 checkpoints/step-3", "Evaluated 3 rl", "Finished 3"], run.Events);
    }

    [Fact]
    public void The_same_step_is_sampled_with_the_same_seeds_after_a_restart()
    {
        var first = new MachineRun(MachineRun.Plan, Progress(1, "sft"));
        var second = new MachineRun(MachineRun.Plan, Progress(1, "sft"));
        first.Machine.Start();
        second.Machine.Start();

        var seeds = first.Take(WorkKind.Rollout).Select(item => ((RolloutWork)item.Payload).Seed).ToList();

        Assert.Equal(seeds, second.Take(WorkKind.Rollout).Select(item => ((RolloutWork)item.Payload).Seed));
        Assert.Equal(seeds.Count, seeds.Distinct().Count());
    }

    [Fact]
    public void Lost_weights_send_the_run_back_to_its_last_checkpoint()
    {
        var run = Learning(MachineRun.Plan with { Steps = 3, CheckpointEvery = 1 });
        run.Do(run.TakeOne(WorkKind.Learn));
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();

        var lost = Assert.Throws<RolledBackException>(() => run.Complete(run.TakeOne(WorkKind.Learn), new WeightsLost("nobody has v1")));

        Assert.Equal("going back to step 1: nobody has v1", lost.Message);
        Assert.Equal("RolledBack 1", run.Events[^1]);
    }

    [Theory]
    [InlineData(true, RunOutcome.UserError)]
    [InlineData(false, RunOutcome.Failed)]
    public void Failed_work_ends_the_run_with_its_message(bool userError, RunOutcome outcome)
    {
        var run = Rolling();

        run.Complete(run.Take(WorkKind.Rollout, 1)[0], new WorkFailed("out of memory", userError));

        Assert.Equal((outcome, "out of memory"), (run.Machine.State.Outcome, run.Machine.State.Message));
        Assert.Equal(RunStage.Done, run.Machine.State.Stage);
        Assert.True(run.Closed);
    }

    [Fact]
    public void A_result_that_nothing_waits_for_is_a_broken_invariant() =>
        Assert.Throws<InvalidOperationException>(() => Rolling().Machine.Complete(WorkId.Learn(BatchId.ForStep(9)), new WorkStopped(null)));

    [Fact]
    public void Progress_of_the_cold_start_shows_and_is_recorded()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.Machine.Start();

        run.Machine.State.Report(WorkId.ColdStart, 7, new Dictionary<string, double> { ["loss"] = 2 });

        Assert.Equal((RunStage.ColdStart, 7, 2.0), (run.Machine.State.Stage, run.Machine.State.Step, run.Machine.State.Latest["loss"]));
        Assert.Equal([("sft", 7)], run.Figures);
    }

    private static RunProgress Progress(int step, params string[] evaluated) => new(true, step, $"checkpoints/step-{step}", evaluated.ToHashSet(), false);

    [Fact]
    public void A_pair_that_cannot_be_shown_is_left_out_and_the_update_goes_on_with_the_others()
    {
        var run = Rolling();
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
        var run = Rolling();
        var items = run.Take(WorkKind.Rollout);
        run.Do(items.Take(1));
        run.Score();
        run.Complete(items[1], new RolloutLeftOut("a.png: Missing"));

        Assert.Equal(2, Assert.Single(run.Batches).Count);
    }

    [Fact]
    public void Where_no_pair_can_be_shown_the_run_ends_with_the_first_reason()
    {
        var run = Rolling();
        foreach (var item in run.Take(WorkKind.Rollout))
        {
            run.Complete(item, new RolloutLeftOut("a.png: Missing"));
        }

        Assert.Equal(RunOutcome.UserError, run.Machine.State.Outcome);
        Assert.Contains("train-0: a.png: Missing", run.Machine.State.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Noise_in_place_of_pictures_is_judged_last_and_only_where_asked_for()
    {
        var noise = new[] { MachineRun.PairOf("noise-0") };
        var asked = new MachineRun(MachineRun.Plan with { EvaluateNoise = true }) { HeldOutNoise = noise }.StartAndFinish();
        var unasked = new MachineRun(MachineRun.Plan) { HeldOutNoise = noise }.StartAndFinish();

        Assert.Equal(["Evaluated 2 rl", "Evaluated 2 noise", "Finished 2"], asked.Events.TakeLast(3));
        Assert.DoesNotContain("Evaluated 2 noise", unasked.Events);
    }

    private static MachineRun Rolling(RunPlan? plan = null, Func<string, string>? reply = null)
    {
        var run = reply is null ? new MachineRun(plan ?? MachineRun.Plan, Progress(0, "sft")) : new MachineRun(plan ?? MachineRun.Plan, Progress(0, "sft")) { Reply = reply };
        run.Machine.Start();
        Assert.Equal(RunStage.Rolling, run.Machine.State.Stage);
        return run;
    }

    private static MachineRun Learning(RunPlan plan)
    {
        var run = Rolling(plan);
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        return run;
    }
}
