using Akka.Actor;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

/// <summary>What becomes of a run whose coordinator ends while it is loading: nodes come up together, say.</summary>
public sealed class CoordinatorHandOverTests : CoordinatorTestKit
{
    [Fact]
    public void A_run_that_was_loading_when_its_coordinator_ended_is_taken_up_by_the_next_one()
    {
        using var ready = new ManualResetEventSlim();
        (Factory.Ready, Factory.Again) = (ready, Run);
        var first = Start();
        first.Tell(FakeFactory.Run, TestActor);
        Assert.Null(ExpectMsg<RunCommands.Submitted>(Patience).Refusal);

        Watch(first);
        first.Tell(PoisonPill.Instance);
        ExpectTerminated(first, Patience);
        Assert.True(Factory.Gone.IsCancellationRequested);
        var next = Start();
        Assert.Equal((FakeFactory.Run.RunId, RunStage.Loading), (Status(next).RunId, Status(next).Stage));
        ready.Set();

        AwaitCondition(() => Status(next).Stage == RunStage.Rolling, Patience);
        Assert.False(Factory.Gone.IsCancellationRequested);
    }
}
