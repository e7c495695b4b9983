using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Workers;

public sealed class WorkerActorTests : TestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(50);

    private readonly FakeEngine _engine = new();
    private readonly TestProbe _coordinator;

    private static Config Verifying => ConfigurationFactory.ParseString("akka.actor.serialize-messages = on");

    // Every message is written and read back on its way, as between processes.
    public WorkerActorTests()
        : base(Verifying.WithFallback(WireConfig.Closed)) => _coordinator = CreateTestProbe();

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
        _engine.Taken("a").SetResult(Verdict);

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
        _engine.Progress++;
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
        Assert.Empty(_engine.Items);
    }

    [Fact]
    public void A_new_epoch_cancels_what_is_held_and_its_late_result_is_not_handed_in()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        var old = _engine.Taken("a");

        worker.Tell(Welcome(2));
        Next<FromWorker.Pull>(pull => pull is { Epoch: 2, Free: 3 });
        Assert.True(_engine.Items["a"].Cancel.IsCancellationRequested);
        worker.Tell(Work(2, "a"));
        Next<FromWorker.Renew>(renew => renew.Held.Any(key => key.Epoch == 2));
        old.SetResult(Verdict);

        Settle();
        AssertNone<FromWorker.Done>();
        _engine.Taken("a").SetResult(Verdict);
        Assert.Equal(2, Next<FromWorker.Done>().Key.Epoch);
    }

    [Fact]
    public void An_item_that_it_still_has_is_not_begun_twice_and_counts_under_the_newest_hand_out()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        var task = _engine.Taken("a");

        worker.Tell(new ToWorker.Work(1, [new Assignment(new WorkKey(1, Id("a"), 2), new JudgeWork("a"))]));
        Next<FromWorker.Renew>(renew => renew.Held.Single().Attempt == 2);
        task.SetResult(Verdict);

        Assert.Equal(new WorkKey(1, Id("a"), 2), Next<FromWorker.Done>().Key);
        Assert.Equal(1, _engine.Begun);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Failures_of_the_engine_are_handed_in_with_their_kind(bool userError)
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        _engine.Taken("a").SetException(userError
            ? new UserErrorException("correct this")
            : new InvalidOperationException("broken\nat length"));

        var message = userError ? "correct this" : "step-1/judge/0.0: broken";
        Assert.Equal(new WorkFailed(message, userError), Next<FromWorker.Done>().Result);
    }

    [Fact]
    public void An_engine_that_throws_at_once_fails_at_the_item_and_the_worker_lives()
    {
        _engine.Throws = true;
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
        _engine.Taken("a").SetException(thrown);

        Assert.Same(thrown, log.FishForMessage<Info>(logged => logged.Cause is not null, Patience).Cause);
    }

    [Fact]
    public void On_cancel_the_engine_is_asked_to_save_and_what_it_says_is_handed_in()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        var task = _engine.Taken("a");

        worker.Tell(new ToWorker.Cancel(1));
        AwaitCondition(() => _engine.Items["a"].Cancel.IsCancellationRequested, Patience);
        task.SetResult(new WorkStopped("saved"));

        Assert.Equal(new WorkStopped("saved"), Next<FromWorker.Done>().Result);
    }

    [Fact]
    public void Another_run_gets_a_new_engine_even_with_a_lower_epoch()
    {
        var worker = Joined(epoch: 5);

        worker.Tell(Welcome(1, "other"));

        Next<FromWorker.Pull>(pull => pull.Epoch == 1);
        Assert.True(_engine.Disposed);
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

    [Fact]
    public void Work_that_others_do_again_at_no_loss_is_handed_back_at_once_on_leaving()
    {
        var worker = Joined();
        worker.Tell(Work(1, "a"));
        _engine.Taken("a");

        worker.Tell(WorkerActor.Leave.Instance);

        Assert.Equal("w", Next<FromWorker.Goodbye>().Worker);
    }

    [Fact]
    public void A_learner_that_leaves_finishes_its_update_and_asks_whether_it_may_go()
    {
        var worker = Joined(kind: WorkKind.Learn);
        worker.Tell(Work(1, "a"));
        worker.Tell(WorkerActor.Leave.Instance);
        _engine.Taken("a").SetResult(Verdict);

        worker.Tell(new ToWorker.Accepted(Next<FromWorker.Done>().Key));
        Assert.Equal(new FromWorker.Leaving(1, "w"), Next<FromWorker.Leaving>());
        worker.Tell(Work(1, "b"));
        Next<FromWorker.Renew>(renew => renew.Held.Count == 1);
        _engine.Taken("b").SetResult(Verdict);
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
        var task = _engine.Taken("a");

        worker.Tell(WorkerActor.Leave.Instance);
        AwaitCondition(() => _engine.Items["a"].Cancel.IsCancellationRequested, Patience);
        task.SetResult(new WorkStopped("saved"));

        Assert.Empty(Until<FromWorker.Goodbye>().OfType<FromWorker.Done>());
    }

    private static WorkResult Verdict { get; } = new JudgeResult(Rewards.Terms.ConsistencyVerdict.Consistent, null);

    private static ToWorker.Welcome Welcome(int epoch, string run = "run", double stall = 300) =>
        new(epoch, run, "", "folder", TimeSpan.FromSeconds(stall));

    private static ToWorker.Work Work(int epoch, params string[] ids) =>
        new(epoch, [.. ids.Select(id => new Assignment(new WorkKey(epoch, Id(id), 1), new JudgeWork(id)))]);

    // A test names an item by a letter, which is also what its reply says.
    private static WorkId Id(string name) => WorkId.Judge(BatchId.ForStep(1), name[0] - 'a', 0);

    private static string NameOf(Assignment item) => ((JudgeWork)item.Payload).Reply;

    private IActorRef Start(WorkKind kind = WorkKind.Judge)
    {
        var (coordinator, engine) = (_coordinator.Ref, _engine);
        return Sys.ActorOf(Props.Create(() => new WorkerActor(
            "w", "address", kind, coordinator, _ => Task.FromResult<IWorkEngine>(engine), Heartbeat)));
    }

    private IActorRef Joined(int epoch = 1, WorkKind kind = WorkKind.Judge)
    {
        var worker = Start(kind);
        worker.Tell(Welcome(epoch));
        Next<FromWorker.Pull>();
        return worker;
    }

    private T Next<T>(Predicate<T>? wanted = null)
        where T : class => (T)Until(wanted)[^1];

    // All messages up to the first such one.
    private List<object> Until<T>(Predicate<T>? wanted = null)
        where T : class
    {
        var received = new List<object>();

        // Heartbeats go on for ever: so many of them without the message are enough.
        while (received.Count < 400)
        {
            received.Add(
                _coordinator.ReceiveOne(Patience) ?? throw new TimeoutException($"silence before a {typeof(T).Name}"));
            if (received[^1] is T message && (wanted is null || wanted(message)))
            {
                return received;
            }
        }

        throw new TimeoutException($"no such {typeof(T).Name}");
    }

    // Two heartbeats that were sent after everything before has been dealt with.
    private void Settle()
    {
        while (_coordinator.HasMessages)
        {
            _coordinator.ReceiveOne(TimeSpan.Zero);
        }

        Next<FromWorker.Pull>();
        Next<FromWorker.Pull>();
    }

    private bool IsRenewed()
    {
        for (var beat = 0; beat < 2;)
        {
            switch (_coordinator.ReceiveOne(Patience))
            {
                case FromWorker.Renew:
                    return true;
                case FromWorker.Pull:
                    beat++;
                    break;
            }
        }

        return false;
    }

    private void AssertNone<T>()
    {
        for (var beat = 0; beat < 4;)
        {
            var message = _coordinator.ReceiveOne(Patience);
            Assert.IsNotType<T>(message);
            beat += message is FromWorker.Pull ? 1 : 0;
        }
    }

    private sealed record Held(TaskCompletionSource<WorkResult> Task, CancellationToken Cancel);

    private sealed class FakeEngine : IWorkEngine
    {
        private readonly BlockingCollection<(string Id, TaskCompletionSource<WorkResult> Task)> _begun = [];

        public ConcurrentDictionary<string, Held> Items { get; } = [];

        public int Begun { get; private set; }

        public bool Throws { get; set; }

        public bool Disposed { get; private set; }

        public int Capacity => 3;

        public long Progress { get; set; }

        public TaskCompletionSource<WorkResult> Taken(string id)
        {
            Assert.True(_begun.TryTake(out var begun, Patience), "the engine got nothing");
            Assert.Equal(id, begun.Id);
            return begun.Task;
        }

        public Task<WorkResult> DoAsync(
            Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
        {
            if (Throws)
            {
                throw new InvalidOperationException("cannot begin");
            }

            Begun++;
            var task = new TaskCompletionSource<WorkResult>(TaskCreationOptions.RunContinuationsAsynchronously);
            Items[NameOf(item)] = new Held(task, cancel);
            _begun.Add((NameOf(item), task), CancellationToken.None);
            return task.Task;
        }

        public ValueTask DisposeAsync()
        {
            Disposed = true;
            return ValueTask.CompletedTask;
        }
    }
}
