using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class RunMachineEndTests
{
    [Fact]
    public void Stop_finishes_the_step_with_a_checkpoint()
    {
        var run = MachineRun.Rolling();
        run.Machine.Stop(waits: false, hasLearner: true);
        Assert.Null(run.Machine.State.Outcome);

        run.WorkOff();

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal("StepLearned 1 checkpoints/step-1", run.Events[^1]);
        Assert.True(run.Closed);
    }

    [Fact]
    public void Stop_during_an_update_without_checkpoint_loses_no_update()
    {
        var run = MachineRun.Learning(MachineRun.Plan with { Steps = 9 });
        run.Machine.Stop(waits: false, hasLearner: true);

        run.WorkOff();

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal("StepLearned 2 checkpoints/step-2", run.Events[^1]);
    }

    [Fact]
    public void Stop_during_an_evaluation_ends_at_once_and_the_evaluation_is_made_when_the_run_is_taken_up()
    {
        var plan = MachineRun.Plan with { EvaluateEvery = 1, CheckpointEvery = 1 };
        var run = MachineRun.Learning(plan);
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal(RunStage.Evaluating, run.Machine.State.Stage);

        run.Machine.Stop(waits: false, hasLearner: true);

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        var again = new MachineRun(plan, MachineRun.ProgressAt(1, "sft")).StartAndFinish();
        Assert.Equal(
            ["Evaluated 1 step-1", "StepBegun 2", "StepLearned 2 checkpoints/step-2", "Evaluated 2 rl", "Finished 2"],
            again.Events);
    }

    [Fact]
    public void Stop_during_an_evaluation_saves_updates_that_no_checkpoint_holds_before_it_ends()
    {
        var plan = MachineRun.Plan with { EvaluateEvery = 1, Steps = 9 };
        var run = MachineRun.Learning(plan);
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal(RunStage.Evaluating, run.Machine.State.Stage);

        run.Machine.Stop(waits: false, hasLearner: true);
        run.Machine.Stop(waits: false, hasLearner: true);
        Assert.Null(run.Machine.State.Outcome);
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal("StepSaved 1 checkpoints/step-1", run.Events[^1]);
        Assert.Contains("after step 1;", run.Machine.State.Message);
    }

    [Fact]
    public void Stop_while_a_batch_waits_for_something_saves_and_ends_without_the_batch()
    {
        var run = MachineRun.Learning(MachineRun.Plan with { Steps = 9 });
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal((RunStage.Publishing, 2), (run.Machine.State.Stage, run.Machine.State.Step));

        run.Machine.Stop(waits: true, hasLearner: true);
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal(["StepBegun 2", "StepSaved 1 checkpoints/step-1"], run.Events[^2..]);
    }

    [Fact]
    public void Nothing_new_begins_while_the_last_update_is_saved()
    {
        var run = MachineRun.Learning(MachineRun.Plan with { Steps = 9 });
        run.Do(run.TakeOne(WorkKind.Learn));
        run.Machine.Stop(waits: true, hasLearner: true);

        run.Do(run.Take(WorkKind.Rollout));
        run.Score();

        Assert.IsType<SaveWork>(run.TakeOne(WorkKind.Learn).Payload);
    }

    [Theory]
    [InlineData(1, "after step 1;")]
    [InlineData(2, "in or after the cold start;")]
    public void Stop_without_a_learner_ends_at_the_last_checkpoint(int checkpointEvery, string message)
    {
        var run = MachineRun.Learning(MachineRun.Plan with { Steps = 9, CheckpointEvery = checkpointEvery });
        run.Do(run.TakeOne(WorkKind.Learn));
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        Assert.Equal(RunStage.Learning, run.Machine.State.Stage);

        run.Machine.Stop(waits: true, hasLearner: false);

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Contains(message, run.Machine.State.Message);
    }

    [Fact]
    public void Stop_during_an_update_waits_for_it_whatever_else_is_waited_for()
    {
        var run = MachineRun.Learning(MachineRun.Plan with { Steps = 9, MaxStaleness = 1 });

        run.Machine.Stop(waits: true, hasLearner: true);
        Assert.Null(run.Machine.State.Outcome);
        run.Do(run.TakeOne(WorkKind.Learn));
        run.Machine.Stop(waits: true, hasLearner: true);
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.Equal(["StepLearned 1", "StepSaved 1 checkpoints/step-1"], run.Events[^2..]);
    }

    [Fact]
    public void Stop_while_nobody_trains_the_cold_start_ends_at_once()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.Machine.Start();

        run.Machine.Stop(waits: true, hasLearner: false);

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
        Assert.Equal("ColdStartBegun", run.Events[^1]);
    }

    [Fact]
    public void A_cold_start_that_was_stopped_ends_the_run()
    {
        var run = new MachineRun(MachineRun.Plan);
        run.Machine.Start();
        run.Machine.Stop(waits: false, hasLearner: true);

        run.Complete(run.TakeOne(WorkKind.Sft), new WorkStopped("checkpoints/sft-partial"));

        Assert.Equal(RunOutcome.Stopped, run.Machine.State.Outcome);
    }

    [Fact]
    public void A_run_that_is_taken_up_goes_on_after_its_checkpoint_and_repeats_no_evaluation()
    {
        var run = new MachineRun(MachineRun.Plan with { Steps = 3 }, MachineRun.ProgressAt(2, "sft")).StartAndFinish();

        Assert.Equal(["StepBegun 3", "StepLearned 3 checkpoints/step-3", "Evaluated 3 rl", "Finished 3"], run.Events);
    }

    [Fact]
    public void The_same_step_is_sampled_with_the_same_seeds_after_a_restart()
    {
        var first = new MachineRun(MachineRun.Plan, MachineRun.ProgressAt(1, "sft"));
        var second = new MachineRun(MachineRun.Plan, MachineRun.ProgressAt(1, "sft"));
        first.Machine.Start();
        second.Machine.Start();

        var seeds = first.Take(WorkKind.Rollout).Select(item => ((RolloutWork)item.Payload).Seed).ToList();

        Assert.Equal(seeds, second.Take(WorkKind.Rollout).Select(item => ((RolloutWork)item.Payload).Seed));
        Assert.Equal(seeds.Count, seeds.Distinct().Count());
    }

    [Fact]
    public void Lost_weights_send_the_run_back_to_its_last_checkpoint()
    {
        var run = MachineRun.Learning(MachineRun.Plan with { Steps = 3, CheckpointEvery = 1 });
        run.Do(run.TakeOne(WorkKind.Learn));
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        var learn = run.TakeOne(WorkKind.Learn);

        var lost = Assert.Throws<RolledBackException>(() => run.Complete(learn, new WeightsLost("nobody has v1")));

        Assert.Equal("going back to step 1: nobody has v1", lost.Message);
        Assert.Equal("RolledBack 1", run.Events[^1]);
    }

    [Theory]
    [InlineData(true, RunOutcome.UserError)]
    [InlineData(false, RunOutcome.Failed)]
    public void Failed_work_ends_the_run_with_its_message(bool userError, RunOutcome outcome)
    {
        var run = MachineRun.Rolling();

        run.Complete(run.Take(WorkKind.Rollout, 1)[0], new WorkFailed("out of memory", userError));

        Assert.Equal((outcome, "out of memory"), (run.Machine.State.Outcome, run.Machine.State.Message));
        Assert.Equal(RunStage.Done, run.Machine.State.Stage);
        Assert.True(run.Closed);
    }

    [Fact]
    public void A_result_that_nothing_waits_for_is_a_broken_invariant()
    {
        var id = WorkId.Learn(BatchId.ForStep(9));
        var weights = new LearnResult(MachineRun.Weights(9), null, new Dictionary<string, double>());

        var machine = MachineRun.Rolling().Machine;
        Assert.Throws<InvalidOperationException>(() => machine.Complete(id, new WorkStopped(null)));
        Assert.Throws<InvalidOperationException>(() => machine.Complete(id, weights));
    }

    [Fact]
    public void Where_no_pair_can_be_shown_the_run_ends_with_the_first_reason()
    {
        var run = MachineRun.Rolling();
        foreach (var item in run.Take(WorkKind.Rollout))
        {
            run.Complete(item, new RolloutLeftOut("a.png: Missing"));
        }

        Assert.Equal(RunOutcome.UserError, run.Machine.State.Outcome);
        Assert.Contains("train-0: a.png: Missing", run.Machine.State.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_learns_nothing_for_some_updates_in_a_row_ends_with_the_reason_and_a_checkpoint()
    {
        // Updates 1 and 2 learn nothing, 3 learns, 4 to 6 learn nothing again.
        var plan = MachineRun.Plan with { Steps = 9, GiveUpAfter = 3, ColdStart = false };
        var run = new MachineRun(plan) { SkippedFor = step => step == 3 ? null : NoSignal.EqualRewards };

        run.StartAndFinish();

        Assert.Equal(RunOutcome.UserError, run.Machine.State.Outcome);
        Assert.StartsWith("step 6: the last 3 updates learned nothing", run.Machine.State.Message);
        Assert.Contains("same reward", run.Machine.State.Message);
        Assert.DoesNotContain('\n', run.Machine.State.Message);
        Assert.Equal("StepLearned 6 checkpoints/step-6", run.Events[^2]);
        Assert.Equal("skipped 6 EqualRewards", run.Events[^1]);
        Assert.DoesNotContain("skipped 3 EqualRewards", run.Events);
    }

    [Fact]
    public void A_run_that_is_told_never_to_give_up_makes_all_its_updates()
    {
        var plan = MachineRun.Plan with { Steps = 9, GiveUpAfter = 0, ColdStart = false };
        var run = new MachineRun(plan) { SkippedFor = _ => NoSignal.AllTruncated };

        run.StartAndFinish();

        Assert.Equal(RunOutcome.Finished, run.Machine.State.Outcome);
    }

    [Fact]
    public void Without_held_out_pairs_a_run_comes_to_its_end_without_an_evaluation()
    {
        var run = new MachineRun(MachineRun.Plan with { EvaluateEvery = 1 }, heldOut: 0).StartAndFinish();

        Assert.Equal(RunOutcome.Finished, run.Machine.State.Outcome);
        Assert.DoesNotContain(run.Events, line => line.StartsWith("Evaluated", StringComparison.Ordinal));
        Assert.Equal([("rl", 1), ("rl", 2)], run.Figures);
    }

    [Fact]
    public void A_trace_that_the_learner_cannot_show_is_left_out_by_name_and_counted()
    {
        var run = MachineRun.Learning(MachineRun.Plan);
        var item = run.TakeOne(WorkKind.Learn);
        var learned = (LearnResult)run.ResultOf(item);

        run.Complete(item, learned with { LeftOut = ["step-1/rollout/0/1: a.png: Missing"] });

        Assert.Contains("without step-1 step-1/rollout/0/1: a.png: Missing", run.Events);
        Assert.Equal(1, run.Machine.State.Latest["left-out-traces"]);
        Assert.Null(run.Machine.State.Outcome);
    }
}
