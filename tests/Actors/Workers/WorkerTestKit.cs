using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;

namespace R1Reward.Actors.Tests.Workers;

/// <summary>A worker whose coordinator is a probe and whose engine does what a test says.</summary>
public abstract class WorkerTestKit : TestKit
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromMilliseconds(50);

    private readonly TestProbe _coordinator;

    private static Config Verifying => ConfigurationFactory.ParseString("akka.actor.serialize-messages = on");

    // Every message is written and read back on its way, as between processes.
    private protected WorkerTestKit()
        : base(Verifying.WithFallback(WireConfig.Closed)) => _coordinator = CreateTestProbe();

    private protected FakeEngine Engine { get; } = new();

    private protected static WorkResult Verdict { get; } =
        new JudgeResult(Rewards.Terms.ConsistencyVerdict.Consistent, null);

    private protected static ToWorker.Welcome Welcome(int epoch, string run = "run", double stall = 300) =>
        new(epoch, run, "", "folder", TimeSpan.FromSeconds(stall));

    private protected static ToWorker.Work Work(int epoch, params string[] ids) =>
        new(epoch, [.. ids.Select(id => new Assignment(new WorkKey(epoch, Id(id), 1), new JudgeWork(id)))]);

    // A test names an item by a letter, which is also what its reply says.
    private protected static WorkId Id(string name) => WorkId.Judge(BatchId.ForStep(1), name[0] - 'a', 0);

    private protected static string NameOf(Assignment item) => ((JudgeWork)item.Payload).Reply;

    private protected IActorRef Start(WorkKind kind = WorkKind.Judge)
    {
        var (coordinator, engine) = (_coordinator.Ref, Engine);
        return Sys.ActorOf(Props.Create(() => new WorkerActor(
            "w", "address", kind, coordinator, _ => Task.FromResult<IWorkEngine>(engine), Heartbeat)));
    }

    private protected IActorRef Joined(int epoch = 1, WorkKind kind = WorkKind.Judge)
    {
        var worker = Start(kind);
        worker.Tell(Welcome(epoch));
        Next<FromWorker.Pull>();
        return worker;
    }

    private protected T Next<T>(Predicate<T>? wanted = null)
        where T : class => (T)Until(wanted)[^1];

    // All messages up to the first such one.
    private protected List<object> Until<T>(Predicate<T>? wanted = null)
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
    private protected void Settle()
    {
        while (_coordinator.HasMessages)
        {
            _coordinator.ReceiveOne(TimeSpan.Zero);
        }

        Next<FromWorker.Pull>();
        Next<FromWorker.Pull>();
    }

    private protected bool IsRenewed()
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

    private protected void AssertNone<T>()
    {
        for (var beat = 0; beat < 4;)
        {
            var message = _coordinator.ReceiveOne(Patience);
            Assert.IsNotType<T>(message);
            beat += message is FromWorker.Pull ? 1 : 0;
        }
    }

    private protected sealed record Held(TaskCompletionSource<WorkResult> Task, CancellationToken Cancel);

    private protected sealed class FakeEngine : IWorkEngine
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
