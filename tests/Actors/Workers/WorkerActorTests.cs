using Akka.Actor;
using Akka.Event;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Workers;

public sealed class WorkerActorTests : WorkerTestKit
{
    [Fact]
    public void It_introduces_itself_until_it_is_welcome_and_then_asks_for_as_much_as_its_engine_holds()
    {
        var worker = Start();
        var hello = Next<FromWorker.Hello>();
        Assert.Equal(("w", "address", WorkKind.Judge), (hello.Worker, hello.Address, hello.Kind));
        Next<FromWorker.Hello>();

        worker.Tell(Welcome(1));

        Assert.Equal(new FromWorker.Pull(1, "w", 3), Next<FromWorker.Pull>());
    }

    [Fact]
    public void What_it_holds_is_taken_off_what_it_asks_for_and_renewed()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a", "b"));

        Next<FromWorker.Pull>(pull => pull.Free == 1);
        Assert.Equal([Id("a"), Id("b")], Next<FromWorker.Renew>().Held.Select(key => key.Id).OrderBy(id => id.Prompt));
    }

    [Fact]
    public void A_result_is_handed_in_again_until_it_is_accepted()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        Engine.Taken("a").SetResult(Verdict);

        var key = Next<FromWorker.Done>().Key;
        Assert.Equal(key, Next<FromWorker.Done>().Key);
        worker.Tell(new ToWorker.Accepted(key));

        Settle();
        AssertNone<FromWorker.Done>();
    }

    [Fact]
    public void What_an_engine_that_stands_still_holds_is_not_renewed_until_it_gets_on()
    {
        var worker = Start();
        worker.Tell(Welcome(1, stall: 0.5));
        Next<FromWorker.Pull>();
        worker.Tell(Work(1, "a"));
        Next<FromWorker.Renew>();

        AwaitCondition(() => !IsRenewed(), Patience);
        Settle();
        AssertNone<FromWorker.Renew>();
        Engine.Progress++;
        Next<FromWorker.Renew>();
    }

    [Fact]
    public void Commands_of_lower_epochs_are_refused()
    {
        var worker = Joined(epoch: 2);
        worker.Tell(Welcome(1));
        worker.Tell(Work(1, "a"));

        Settle();
        Assert.Equal(2, Next<FromWorker.Pull>().Epoch);
        Assert.Empty(Engine.Items);
    }

    [Fact]
    public void A_new_epoch_cancels_what_is_held_and_its_late_result_is_not_handed_in()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        var old = Engine.Taken("a");

        worker.Tell(Welcome(2));
        Next<FromWorker.Pull>(pull => pull is { Epoch: 2, Free: 3 });
        Assert.True(Engine.Items["a"].Cancel.IsCancellationRequested);
        worker.Tell(Work(2, "a"));
        Next<FromWorker.Renew>(renew => renew.Held.Any(key => key.Epoch == 2));
        old.SetResult(Verdict);

        Settle();
        AssertNone<FromWorker.Done>();
        Engine.Taken("a").SetResult(Verdict);
        Assert.Equal(2, Next<FromWorker.Done>().Key.Epoch);
    }

    [Fact]
    public void An_item_that_it_still_has_is_not_begun_twice_and_counts_under_the_newest_hand_out()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        var task = Engine.Taken("a");

        worker.Tell(new ToWorker.Work(1, [new Assignment(new WorkKey(1, Id("a"), 2), new JudgeWork("a"))]));
        Next<FromWorker.Renew>(renew => renew.Held.Single().Attempt == 2);
        task.SetResult(Verdict);

        Assert.Equal(new WorkKey(1, Id("a"), 2), Next<FromWorker.Done>().Key);
        Assert.Equal(1, Engine.Begun);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Failures_of_the_engine_are_handed_in_with_their_kind(bool userError)
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        Engine.Taken("a").SetException(userError
            ? new UserErrorException("correct this")
            : new InvalidOperationException("broken\nat length"));

        var message = userError ? "correct this" : "step-1/judge/0.0: broken";
        Assert.Equal(new WorkFailed(message, userError), Next<FromWorker.Done>().Result);
    }

    [Fact]
    public void A_disk_that_is_full_ends_the_run_with_what_to_do()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        Engine.Taken("a").SetException(new IOException("No space left on device : '/x'"));

        var failed = Assert.IsType<WorkFailed>(Next<FromWorker.Done>().Result);
        Assert.True(failed.UserError);
        Assert.Equal(
            "step-1/judge/0.0: No space left on device : '/x'. See that the folder may be written and has room: the "
                + "same command goes on from what is saved.",
            failed.Message);
    }

    [Fact]
    public void An_engine_that_throws_at_once_fails_at_the_item_and_the_worker_lives()
    {
        Engine.Throws = true;
        Joined().Tell(Work(1, "a"));

        Assert.Equal(new WorkFailed("step-1/judge/0.0: cannot begin", false), Next<FromWorker.Done>().Result);
    }

    [Fact]
    public void What_an_engine_throws_is_logged_whole()
    {
        var log = CreateTestProbe();
        Sys.EventStream.Subscribe(log, typeof(Info));
        var thrown = new InvalidOperationException("broken\nat length");
        Joined().Tell(Work(1, "a"));
        Engine.Taken("a").SetException(thrown);

        Assert.Same(thrown, log.FishForMessage<Info>(logged => logged.Cause is not null, Patience).Cause);
    }

    [Fact]
    public void On_cancel_the_engine_is_asked_to_save_and_what_it_says_is_handed_in()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        var task = Engine.Taken("a");

        worker.Tell(new ToWorker.Cancel(1));
        AwaitCondition(() => Engine.Items["a"].Cancel.IsCancellationRequested, Patience);
        task.SetResult(new WorkStopped("saved"));

        Assert.Equal(new WorkStopped("saved"), Next<FromWorker.Done>().Result);
    }

    [Fact]
    public void Another_run_gets_a_new_engine_even_with_a_lower_epoch()
    {
        var worker = Joined(epoch: 5);

        worker.Tell(Welcome(1, "other"));

        Next<FromWorker.Pull>(pull => pull.Epoch == 1);
        Assert.True(Engine.Disposed);
    }

    [Fact]
    public void A_coordinator_that_does_not_know_it_is_told_and_on_leaving_it_says_goodbye()
    {
        var worker = Joined();
        worker.Tell(new ToWorker.WhoAreYou(1));
        Next<FromWorker.Hello>();

        // Not Sys.Stop: that asks the guardian by a message, which the closed serializers refuse while messages are
        // verified.
        ((IInternalActorRef)worker).Stop();

        Assert.Equal("w", Next<FromWorker.Goodbye>().Worker);
    }
}
