using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;

namespace R1Reward.Bench.Ways;

/// <summary>
/// How much of their time 64 workers of another process's actor system are at work that take an item of 50 ms at a time
/// from a coordinator, with everything between them as in a run: with one item in hand, and with the next one, too, as
/// engines of rollouts have it.
/// </summary>
internal static class CoordinationEfficiency
{
    private const int Workers = 64;

    private static readonly TimeSpan Item = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task MeasureAsync()
    {
        // Two rounds, until the run-time compiles little more.
        await MeasureAsync("warm-up", inHand: 1);
        await MeasureAsync("warm-up", inHand: 1);
        await MeasureAsync("measured", inHand: 1);
        await MeasureAsync("measured", inHand: 2);
    }

    private static async Task MeasureAsync(string round, int inHand)
    {
        using var run = new SimulatedRun();
        var (near, far) = (Systems.Member(), Systems.Remote());
        Cluster.Get(near).Join(Cluster.Get(near).SelfAddress);
        near.ActorOf(
            Props.Create(() => new CoordinatorActor(run, Heartbeat, _ => CoordinatedShutdown.UnknownReason.Instance)),
            "coordinator");
        var address = Cluster.Get(near).SelfAddress;
        var coordinator = await far.ActorSelection($"{address}/user/coordinator").ResolveOne(Patience);
        var busy = new BusyTime();
        Start(WorkKind.Score, "score", new SimulatedEngine(TimeSpan.Zero, capacity: 64, new BusyTime()));
        Start(WorkKind.Learn, "learn", new SimulatedEngine(TimeSpan.Zero, capacity: 1, new BusyTime()));
        for (var worker = 0; worker < Workers; worker++)
        {
            Start(WorkKind.Rollout, $"rollout-{worker}", new SimulatedEngine(Item, inHand, busy));
        }

        // All are ready before the run begins; what is measured is its work alone.
        await Task.Delay(2 * Heartbeat);
        await coordinator.Ask<RunCommands.Submitted>(new RunCommands.Submit("run", ""), Patience);
        await run.Over.WaitAsync(TimeSpan.FromMinutes(2));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{round}: {Workers} workers with {inHand} in hand, {busy.Items} items of {Item.TotalMilliseconds} ms "
            + $"in {busy.Wall.TotalSeconds:N2} s: {busy.Total / (Workers * busy.Wall):P1} of their time at work"));
        await Task.WhenAll(near.Terminate(), far.Terminate());

        void Start(WorkKind kind, string name, IWorkEngine engine)
        {
            var ready = Task.FromResult(engine);
            far.ActorOf(Props.Create(
                () => new WorkerActor(name, "far", kind, coordinator, _ => ready, Heartbeat)));
        }
    }
}
