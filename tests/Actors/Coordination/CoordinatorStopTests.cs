using Akka.Actor;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>What a coordinator does with a run that is asked to stop.</summary>
public sealed class CoordinatorStopTests : CoordinatorTestKit
{
    [Fact]
    public void A_stop_that_comes_while_the_run_is_loading_is_obeyed_when_it_is_loaded()
    {
        using var ready = new ManualResetEventSlim();
        Factory.Ready = ready;
        var coordinator = Start();
        coordinator.Tell(FakeFactory.Run, TestActor);
        ExpectMsg<RunCommands.Submitted>(Patience);

        coordinator.Tell(RunCommands.Stop.Instance);
        Assert.Equal(RunStage.Loading, Status(coordinator).Stage);
        ready.Set();
        AwaitCondition(() => Status(coordinator).Stage == RunStage.Rolling, Patience);

        StartQuickWorkers(coordinator, WorkKind.Rollout, WorkKind.Judge, WorkKind.Score, WorkKind.Learn);

        AwaitCondition(() => Status(coordinator).Outcome is not null, Patience);
        Assert.Equal((RunOutcome.Stopped, 1), (Status(coordinator).Outcome, Run.Batches.Count));
    }

    [Fact]
    public void A_stop_during_the_cold_start_cancels_its_worker()
    {
        var run = new MachineRun(MachineRun.Plan);
        var coordinator = Begun(new FakeFactory(run), RunStage.ColdStart);
        var (trainer, other) = (Worker(coordinator, "t", WorkKind.Sft), Worker(coordinator, "o", WorkKind.Rollout));
        Pull(coordinator, trainer, "t", 1);

        coordinator.Tell(RunCommands.Stop.Instance);

        Assert.Equal(1, trainer.ExpectMsg<ToWorker.Cancel>(Patience).Epoch);
        other.ExpectNoMsg(TimeSpan.FromMilliseconds(50));
    }

    [Fact]
    public void A_stop_before_anybody_trains_ends_the_run_at_once()
    {
        var coordinator = Begun(new FakeFactory(new MachineRun(MachineRun.Plan)), RunStage.ColdStart);
        var trainer = Worker(coordinator, "t", WorkKind.Sft);

        coordinator.Tell(RunCommands.Stop.Instance);

        AwaitCondition(() => Status(coordinator).Outcome == RunOutcome.Stopped, Patience);
        trainer.ExpectMsg<ToWorker.Cancel>(Patience);
    }

    [Fact]
    public void A_stop_while_the_run_has_no_learner_ends_it_and_cancels_what_others_do()
    {
        var coordinator = Begun();
        StartQuickWorkers(coordinator, WorkKind.Rollout, WorkKind.Judge, WorkKind.Score);
        var idle = Worker(coordinator, "idle");
        AwaitCondition(() => Status(coordinator).Stage == RunStage.Learning, Patience);

        coordinator.Tell(RunCommands.Stop.Instance);

        AwaitCondition(Ended, Patience);
        idle.ExpectMsg<ToWorker.Cancel>(Patience);

        // How long the learner is missing counts from the first tick.
        bool Ended()
        {
            Run.Time.Advance(TimeSpan.FromSeconds(1));
            return Status(coordinator).Outcome == RunOutcome.Stopped;
        }
    }

    [Fact]
    public void A_stop_while_the_judge_is_out_of_reach_ends_the_run()
    {
        var coordinator = Begun();
        StartQuickWorkers(coordinator, WorkKind.Rollout, WorkKind.Score);
        var judge = Worker(coordinator, "j", WorkKind.Judge);
        Pull(coordinator, judge, "j", 9);
        coordinator.Tell(new FromWorker.Pull(1, "j", 0, "waiting for the judge"), judge);
        AwaitCondition(() => Status(coordinator).Message.Contains("the judge"), Patience);

        coordinator.Tell(RunCommands.Stop.Instance);

        AwaitCondition(() => Status(coordinator).Outcome == RunOutcome.Stopped, Patience);
    }

    [Fact]
    public void A_stop_is_remembered_when_lost_weights_load_the_run_again()
    {
        var coordinator = Begun();
        var worker = Worker(coordinator, "w");
        var item = Pull(coordinator, worker, "w", 1).Items[0];
        coordinator.Tell(RunCommands.Stop.Instance);

        Factory.Again = new MachineRun(MachineRun.Plan);
        coordinator.Tell(new FromWorker.Done("w", item.Key, new WeightsLost("gone")), worker);

        AwaitCondition(() => Status(coordinator).Outcome == RunOutcome.Stopped, Patience);
    }
}
