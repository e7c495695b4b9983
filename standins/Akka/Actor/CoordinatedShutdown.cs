using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

public sealed class CoordinatedShutdownExtension : ExtensionIdProvider<CoordinatedShutdown>
{
    public override CoordinatedShutdown CreateExtension(ExtendedActorSystem system) => new(system);
}

/// <summary>Takes a system down in phases: the tasks of a phase in parallel, the phases in order of their dependencies, once.</summary>
public sealed class CoordinatedShutdown : IExtension
{
    public const string PhaseBeforeServiceUnbind = "before-service-unbind";
    public const string PhaseServiceUnbind = "service-unbind";
    public const string PhaseServiceRequestsDone = "service-requests-done";
    public const string PhaseServiceStop = "service-stop";
    public const string PhaseBeforeClusterShutdown = "before-cluster-shutdown";
    public const string PhaseClusterShardingShutdownRegion = "cluster-sharding-shutdown-region";
    public const string PhaseClusterLeave = "cluster-leave";
    public const string PhaseClusterExiting = "cluster-exiting";
    public const string PhaseClusterExitingDone = "cluster-exiting-done";
    public const string PhaseClusterShutdown = "cluster-shutdown";
    public const string PhaseBeforeActorSystemTerminate = "before-actor-system-terminate";
    public const string PhaseActorSystemTerminate = "actor-system-terminate";

    private readonly Dictionary<string, Phase> _phases;
    private readonly IReadOnlyList<string> _order;
    private readonly ConcurrentDictionary<string, ConcurrentQueue<(string Name, Func<Task<Done>> Task)>> _tasks = new();
    private readonly ILoggingAdapter _log;
    private readonly Lock _runLock = new();
    private Task<Done> _run;
    private volatile Reason _reason;
    private volatile bool _processIsExiting;

    internal CoordinatedShutdown(ExtendedActorSystem system)
    {
        System = system;
        _log = Logging.GetLogger(system, GetType());
        var config = system.Settings.Config.GetConfig("akka.coordinated-shutdown");
        _phases = ReadPhases(config);
        _order = Sort(_phases);
        AddTermination(config.GetBoolean("exit-clr"));
        if (config.GetBoolean("run-by-clr-shutdown-hook")) RunAtProcessExit();
    }

    public ExtendedActorSystem System { get; }

    /// <summary>Why the shutdown runs, or null while it does not.</summary>
    public Reason ShutdownReason => _reason;

    /// <summary>The sum of the time limits of all phases that have tasks.</summary>
    public TimeSpan TotalTimeout => _tasks.Keys.Aggregate(TimeSpan.Zero, (sum, phase) => sum + Timeout(phase));

    public static CoordinatedShutdown Get(ActorSystem sys) => sys.WithExtension<CoordinatedShutdown, CoordinatedShutdownExtension>();

    public void AddTask(string phase, string taskName, Func<Task<Done>> task)
    {
        if (!_order.Contains(phase))
            throw new ConfigurationException($"Unknown phase [{phase}], known phases [{string.Join(",", _order)}]. " +
                "All phases (along with their optional dependencies) must be defined in configuration.");
        _tasks.GetOrAdd(phase, _ => new()).Enqueue((taskName, task));
    }

    public Task<Done> Run(Reason reason, string fromPhase = null)
    {
        lock (_runLock)
        {
            if (_run is not null) return _run;
            _reason = reason;
            return _run = Task.Run(() => RunPhases(_order.SkipWhile(p => fromPhase is not null && p != fromPhase)));
        }
    }

    public TimeSpan Timeout(string phase) => _phases.TryGetValue(phase, out var found)
        ? found.Timeout
        : throw new ArgumentException($"Unknown phase [{phase}]. All phases must be defined in configuration.");

    private static Dictionary<string, Phase> ReadPhases(Config config)
    {
        var defaultTimeout = config.GetTimeSpan("default-phase-timeout", allowInfinite: false);
        return config.GetConfig("phases").AsEnumerable().ToDictionary(entry => entry.Key, entry =>
        {
            var phase = entry.Value.ToConfig();
            return new Phase(
                phase.GetStringList("depends-on"),
                phase.GetTimeSpan("timeout", defaultTimeout, allowInfinite: false),
                phase.GetBoolean("recover", true));
        });
    }

    private static List<string> Sort(Dictionary<string, Phase> phases)
    {
        var order = new List<string>();
        var visiting = new HashSet<string>();
        foreach (var phase in phases.Keys) Visit(phase);
        return order;

        void Visit(string phase)
        {
            if (order.Contains(phase)) return;
            if (!visiting.Add(phase))
                throw new ArgumentException($"Cycle detected in graph of phases. It must be a DAG. Phase [{phase}] depends transitively on itself.");
            if (phases.TryGetValue(phase, out var found))
                foreach (var before in found.DependsOn) Visit(before);
            order.Add(phase);
        }
    }

    private async Task<Done> RunPhases(IEnumerable<string> phases)
    {
        foreach (var phase in phases)
        {
            if (!_tasks.TryGetValue(phase, out var tasks)) continue;
            _log.Debug("Performing phase [{0}] with [{1}] tasks: [{2}]", phase, tasks.Count, string.Join(",", tasks.Select(t => t.Name)));
            var all = Task.WhenAll(tasks.Select(t => RunTask(phase, t.Name, t.Task)));
            try
            {
                await all.WaitAsync(_phases[phase].Timeout).ConfigureAwait(false);
            }
            catch (TimeoutException) when (!all.IsCompleted)
            {
                if (!_phases[phase].Recover) throw new TimeoutException($"Coordinated shutdown phase[{phase}] timed out after {Timeout(phase)}");
                _log.Warning("Coordinated shutdown phase [{0}] timed out after {1}", phase, Timeout(phase));
            }
        }

        return Done.Instance;
    }

    private async Task RunTask(string phase, string name, Func<Task<Done>> task)
    {
        try
        {
            await task().ConfigureAwait(false);
        }
        catch (Exception e) when (_phases[phase].Recover)
        {
            _log.Warning("Task [{0}] failed in phase [{1}]: {2}", name, phase, e.Message);
        }
    }

    private void AddTermination(bool exitProcess)
    {
        var terminates = System.Settings.CoordinatedShutdownTerminateActorSystem;
        if (!terminates && !exitProcess) return;
        AddTask(PhaseActorSystemTerminate, "terminate-system", async () =>
        {
            if (terminates)
            {
                var ended = System.FinalTerminate();
                if (exitProcess) await Task.WhenAny(ended, Task.Delay(Timeout(PhaseActorSystemTerminate))).ConfigureAwait(false);
                else await ended.ConfigureAwait(false);
            }

            // Exit blocks until the handlers of process exit are through, hence not on this thread.
            if (exitProcess && !_processIsExiting) _ = Task.Run(() => Environment.Exit(0));
            return Done.Instance;
        });
    }

    // The handler blocks: when it returns, the process ends. .NET raises the event on SIGTERM too.
    private void RunAtProcessExit()
    {
        EventHandler handler = (_, _) =>
        {
            _processIsExiting = true;
            if (System.WhenTerminated.IsCompleted) return;
            _log.Info("Starting coordinated shutdown from CLR termination hook.");
            if (!Run(ClrExitReason.Instance).Wait(TotalTimeout)) _log.Warning("CoordinatedShutdown from CLR shutdown timed out.");
        };
        AppDomain.CurrentDomain.ProcessExit += handler;
        System.WhenTerminated.ContinueWith(_ => AppDomain.CurrentDomain.ProcessExit -= handler, TaskScheduler.Default);
    }

    private sealed record Phase(IList<string> DependsOn, TimeSpan Timeout, bool Recover);

    /// <summary>Why a shutdown runs; own reasons derive from it.</summary>
    public class Reason
    {
        protected Reason() { }
    }

    public class UnknownReason : Reason
    {
        public static readonly Reason Instance = new UnknownReason();

        private UnknownReason() { }
    }

    public class ActorSystemTerminateReason : Reason
    {
        public static readonly Reason Instance = new ActorSystemTerminateReason();

        private ActorSystemTerminateReason() { }
    }

    public class ClrExitReason : Reason
    {
        public static readonly Reason Instance = new ClrExitReason();

        private ClrExitReason() { }
    }

    public class ClusterDowningReason : Reason
    {
        public static readonly Reason Instance = new ClusterDowningReason();

        private ClusterDowningReason() { }
    }

    public class ClusterLeavingReason : Reason
    {
        public static readonly Reason Instance = new ClusterLeavingReason();

        private ClusterLeavingReason() { }
    }

    public class ClusterJoinUnsuccessfulReason : Reason
    {
        public static readonly Reason Instance = new ClusterJoinUnsuccessfulReason();

        private ClusterJoinUnsuccessfulReason() { }
    }
}
