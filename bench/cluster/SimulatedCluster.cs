using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;

namespace R1Reward.Bench.Ways;

/// <summary>
/// A coordinator in an actor system of its own, and workers in another that speak to it over the loopback as nodes do.
/// </summary>
internal sealed class SimulatedCluster : IAsyncDisposable
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ActorSystem _near = Systems.Member();
    private readonly ActorSystem _far = Systems.Remote();
    private readonly SimulatedRun _run;
    private readonly IActorRef _coordinator;

    /// <summary>Starts coordinator, scoring and learning for a run; other workers are added.</summary>
    public SimulatedCluster(SimulatedRun run)
    {
        _run = run;
        var cluster = Cluster.Get(_near);
        cluster.Join(cluster.SelfAddress);
        _near.ActorOf(
            Props.Create(() => new CoordinatorActor(run, Heartbeat, _ => CoordinatedShutdown.UnknownReason.Instance)),
            "coordinator");
        _coordinator = _far.ActorSelection($"{cluster.SelfAddress}/user/coordinator").ResolveOne(Patience)
            .GetAwaiter().GetResult();
        Start(WorkKind.Score, "score", new SimulatedEngine(TimeSpan.Zero, capacity: 64, atOnce: 1, new BusyTime()));
        Start(WorkKind.Learn, "learn", new SimulatedEngine(TimeSpan.Zero, capacity: 1, atOnce: 1, new BusyTime()));
    }

    /// <summary>Starts a worker in an actor system apart from the coordinator's.</summary>
    public void Start(WorkKind kind, string name, IWorkEngine engine)
    {
        var ready = Task.FromResult(engine);
        var coordinator = _coordinator;
        _far.ActorOf(Props.Create(() => new WorkerActor(name, "far", kind, coordinator, _ => ready, Heartbeat)));
    }

    /// <summary>Has the run begin when all workers are ready: what is measured is its work alone.</summary>
    public async Task BeginAsync()
    {
        await Task.Delay(2 * Heartbeat);
        await _coordinator.Ask<RunCommands.Submitted>(new RunCommands.Submit("run", ""), Patience);
    }

    /// <summary>Completes when the run has ended.</summary>
    public Task EndAsync() => _run.Over.WaitAsync(TimeSpan.FromMinutes(10));

    /// <summary>How the run is going, as operators see it.</summary>
    public Task<RunDetails> DetailsAsync() =>
        _coordinator.Ask<RunDetails>(RunCommands.GetDetails.Instance, Patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_near.Terminate(), _far.Terminate());
        _run.Dispose();
    }
}
