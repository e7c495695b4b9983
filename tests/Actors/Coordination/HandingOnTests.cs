using Akka.Actor;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>What a learner that leaves in order leaves behind, and who goes on from it.</summary>
public sealed class HandingOnTests
{
    // Node of the weights that MachineRun makes up.
    private const string Learner = "";

    private static readonly RunPlan Long = MachineRun.Plan with { Steps = 9 };

    [Fact]
    public void Updates_that_no_checkpoint_holds_are_saved_before_their_learner_goes_and_the_run_goes_on()
    {
        var run = MachineRun.Learning(Long);
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.False(run.Machine.HandOn(Learner, isHere: false));
        Assert.False(run.Machine.HandOn(Learner, isHere: false));
        var save = run.TakeOne(WorkKind.Learn);
        Assert.Equal(new SaveWork(1), save.Payload);
        run.Do(save);

        Assert.True(run.Machine.HandOn(Learner, isHere: false));
        Assert.Equal(["StepBegun 2", "StepSaved 1 checkpoints/step-1"], run.Events[^2..]);
        Assert.Null(run.Machine.State.Outcome);
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.Equal("StepLearned 2", run.Events[^2]);
    }

    [Fact]
    public void An_update_that_only_the_leaving_learner_can_make_is_made_by_it_with_a_checkpoint()
    {
        var run = MachineRun.Learning(Long with { MaxStaleness = 1 });
        run.Do(run.Take(WorkKind.Rollout));
        run.Score();
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.False(run.Machine.HandOn(Learner, isHere: false));
        run.Do(run.TakeOne(WorkKind.Learn));
        Assert.False(run.Machine.HandOn(Learner, isHere: false));
        Assert.IsType<SaveWork>(run.TakeOne(WorkKind.Learn).Payload);
    }

    [Fact]
    public void A_learner_whose_updates_a_checkpoint_holds_and_one_that_stands_by_may_go_at_once()
    {
        var run = MachineRun.Learning(Long with { CheckpointEvery = 1 });
        run.Do(run.TakeOne(WorkKind.Learn));

        Assert.True(run.Machine.HandOn("elsewhere", isHere: false));
        Assert.True(run.Machine.HandOn(Learner, isHere: false));
        Assert.Empty(run.Take(WorkKind.Learn));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_rank_that_alone_holds_a_part_of_the_last_update_goes_when_it_is_saved(bool holdsParts)
    {
        var run = MachineRun.Learning(Long with { LearnersHoldParts = holdsParts });
        var update = run.TakeOne(WorkKind.Learn);
        var made = (LearnResult)run.ResultOf(update);
        var blob = made.Weights.Blob with { Copies = [new BlobCopy("", "second")] };
        run.Complete(update, made with { Weights = made.Weights with { Blob = blob } });

        Assert.Equal(!holdsParts, run.Machine.HandOn("second", isHere: false));
        if (holdsParts)
        {
            run.Do(run.TakeOne(WorkKind.Learn));
            Assert.True(run.Machine.HandOn("second", isHere: false));
        }

        Assert.Equal(blob, run.Machine.Weights.Blob);
    }

    [Fact]
    public void An_update_goes_to_the_learner_that_made_the_last_one_as_long_as_it_is_there()
    {
        var ledger = new WorkLedger(1, TimeSpan.FromMinutes(1), new ManualTime());
        var workers = new WorkerRegistry(new ManualTime(), new Dictionary<WorkKind, LearnerGroup>());
        var (standby, holder) = (Join("standby", "b"), Join("holder", "a"));
        ledger.Add(WorkId.Save(BatchId.ForStep(1)), new SaveWork(1), home: "a");
        Assert.Equal(holder, Assert.Single(workers.HandOut(ledger)).Worker);

        ledger.ReleaseWorker("holder");
        Assert.Equal(standby, Assert.Single(workers.HandOut(ledger)).Worker);

        ledger.Add(WorkId.Save(BatchId.ForStep(2)), new SaveWork(2), home: "a");
        workers.Note(new FromWorker.Pull(1, "standby", 1));
        Assert.Empty(workers.HandOut(ledger));
        Assert.True(workers.Remove("holder"));
        Assert.Equal(standby, Assert.Single(workers.HandOut(ledger)).Worker);

        IActorRef Join(string name, string address)
        {
            IActorRef reference = new Named(name);
            workers.Add(new FromWorker.Hello(name, address, WorkKind.Learn, 1), reference);
            workers.Note(new FromWorker.Pull(1, name, 1));
            return reference;
        }
    }

    private sealed class Named(string name) : MinimalActorRef
    {
        public override ActorPath Path { get; } = new RootActorPath(Address.AllSystems) / name;

        public override IActorRefProvider Provider => throw new NotSupportedException();
    }
}
