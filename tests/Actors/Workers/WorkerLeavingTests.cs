using Akka.Actor;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;

namespace R1Reward.Actors.Tests.Workers;

/// <summary>How workers of each kind leave in order.</summary>
public sealed class WorkerLeavingTests : WorkerTestKit
{
    [Fact]
    public void Work_that_others_do_again_at_no_loss_is_handed_back_at_once_on_leaving()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        Engine.Taken("a");

        worker.Tell(WorkerActor.Leave.Instance);

        Assert.Equal("w", Next<FromWorker.Goodbye>().Worker);
    }

    [Fact]
    public void A_learner_that_leaves_finishes_its_update_and_asks_whether_it_may_go()
    {
        var worker = Joined(kind: WorkKind.Learn);
        worker.Tell(Work(1, "a"));
        worker.Tell(WorkerActor.Leave.Instance);
        Engine.Taken("a").SetResult(Verdict);

        worker.Tell(new ToWorker.Accepted(Next<FromWorker.Done>().Key));
        Assert.Equal(new FromWorker.Leaving(1, "w"), Next<FromWorker.Leaving>());
        worker.Tell(Work(1, "b"));
        Next<FromWorker.Renew>(renew => renew.Held.Count == 1);
        Engine.Taken("b").SetResult(Verdict);
        worker.Tell(new ToWorker.Accepted(Next<FromWorker.Done>().Key));
        Next<FromWorker.Leaving>();
        worker.Tell(ToWorker.Farewell.Instance);

        Next<FromWorker.Goodbye>();
    }

    [Fact]
    public void A_cold_start_that_leaves_saves_itself_and_does_not_end_the_run()
    {
        var worker = Joined(kind: WorkKind.Sft);
        worker.Tell(Work(1, "a"));
        var task = Engine.Taken("a");

        worker.Tell(WorkerActor.Leave.Instance);
        AwaitCondition(() => Engine.Items["a"].Cancel.IsCancellationRequested, Patience);
        task.SetResult(new WorkStopped("saved"));

        Assert.Empty(Until<FromWorker.Goodbye>().OfType<FromWorker.Done>());
    }
}
