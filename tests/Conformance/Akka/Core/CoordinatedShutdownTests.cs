using Akka;
using Akka.Actor;
using Akka.Configuration;

namespace R1Reward.Conformance.AkkaCore;

public sealed class CoordinatedShutdownTests
{
    private static readonly string[] Phases =
    [
        CoordinatedShutdown.PhaseBeforeServiceUnbind, CoordinatedShutdown.PhaseServiceUnbind,
        CoordinatedShutdown.PhaseServiceRequestsDone, CoordinatedShutdown.PhaseServiceStop,
        CoordinatedShutdown.PhaseBeforeClusterShutdown, CoordinatedShutdown.PhaseClusterShardingShutdownRegion,
        CoordinatedShutdown.PhaseClusterLeave, CoordinatedShutdown.PhaseClusterExiting,
        CoordinatedShutdown.PhaseClusterExitingDone, CoordinatedShutdown.PhaseClusterShutdown,
        CoordinatedShutdown.PhaseBeforeActorSystemTerminate, CoordinatedShutdown.PhaseActorSystemTerminate
    ];

    [Fact]
    public async Task Phases_run_in_order_and_end_the_system()
    {
        var system = New();
        var shutdown = CoordinatedShutdown.Get(system);
        var ran = new List<string>();
        foreach (var phase in Phases) shutdown.AddTask(phase, "note " + phase, () => Note(ran, phase));
        Assert.Null(shutdown.ShutdownReason);
        await shutdown.Run(OwnReason.Instance);
        Assert.Equal(Phases, ran);
        Assert.Same(OwnReason.Instance, shutdown.ShutdownReason);
        await system.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task It_runs_once_and_keeps_the_first_reason()
    {
        var shutdown = CoordinatedShutdown.Get(New());
        var runs = 0;
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "count", () =>
        {
            runs++;
            return Task.FromResult(Done.Instance);
        });
        await Task.WhenAll(shutdown.Run(OwnReason.Instance), shutdown.Run(CoordinatedShutdown.UnknownReason.Instance));
        Assert.Equal(1, runs);
        Assert.Same(OwnReason.Instance, shutdown.ShutdownReason);
    }

    [Fact]
    public async Task Tasks_of_a_phase_run_in_parallel()
    {
        var shutdown = CoordinatedShutdown.Get(New());
        var first = new TaskCompletionSource<Done>();
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "waits", () => first.Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "frees", () =>
        {
            first.SetResult(Done.Instance);
            return Task.FromResult(Done.Instance);
        });
        await shutdown.Run(OwnReason.Instance).WaitAsync(TimeSpan.FromSeconds(4));
    }

    [Fact]
    public async Task Failures_and_time_outs_of_a_phase_are_passed()
    {
        var shutdown = CoordinatedShutdown.Get(New("akka.coordinated-shutdown.phases.service-unbind.timeout = 50ms"));
        var ran = new List<string>();
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "fails", () => throw new InvalidOperationException("no"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "hangs", () => new TaskCompletionSource<Done>().Task);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "runs", () => Note(ran, "service-stop"));
        await shutdown.Run(OwnReason.Instance);
        Assert.Equal(["service-stop"], ran);
    }

    [Fact]
    public async Task Terminate_runs_it()
    {
        var system = New();
        var shutdown = CoordinatedShutdown.Get(system);
        var ran = new List<string>();
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "note", () => Note(ran, "service-stop"));
        await system.Terminate();
        Assert.Equal(["service-stop"], ran);
        Assert.IsType<CoordinatedShutdown.ActorSystemTerminateReason>(shutdown.ShutdownReason);
    }

    [Fact]
    public async Task A_run_may_start_at_a_later_phase()
    {
        var shutdown = CoordinatedShutdown.Get(New());
        var ran = new List<string>();
        foreach (var phase in Phases) shutdown.AddTask(phase, "note", () => Note(ran, phase));
        await shutdown.Run(OwnReason.Instance, CoordinatedShutdown.PhaseClusterLeave);
        Assert.Equal(Phases.SkipWhile(p => p != CoordinatedShutdown.PhaseClusterLeave), ran);
    }

    [Fact]
    public async Task An_unknown_phase_is_a_configuration_error()
    {
        var system = New();
        Assert.Throws<ConfigurationException>(() => CoordinatedShutdown.Get(system).AddTask("no-such-phase", "x", () => Task.FromResult(Done.Instance)));
        await system.Terminate();
    }

    private static Task<Done> Note(List<string> ran, string phase)
    {
        lock (ran) ran.Add(phase);
        return Task.FromResult(Done.Instance);
    }

    private static ActorSystem New(string config = "") => ActorSystem.Create("shutdown", ConfigurationFactory.ParseString(config));

    private sealed class OwnReason : CoordinatedShutdown.Reason
    {
        public static readonly OwnReason Instance = new();
    }
}
