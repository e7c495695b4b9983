using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>The dispatchers of a system by configuration path, each made at its first use.</summary>
public sealed class Dispatchers
{
    public const string DefaultDispatcherId = "akka.actor.default-dispatcher";
    internal const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private readonly ActorSystemImpl _system;
    private readonly ConcurrentDictionary<string, Lazy<MessageDispatcher>> _shared = new();

    internal Dispatchers(ActorSystemImpl system) => _system = system;

    public MessageDispatcher DefaultGlobalDispatcher => Lookup(DefaultDispatcherId);

    public bool HasDispatcher(string id) => _shared.ContainsKey(id) || _system.Settings.Config.HasPath(id);

    public MessageDispatcher Lookup(string dispatcherName)
    {
        var id = string.IsNullOrEmpty(dispatcherName) ? DefaultDispatcherId : dispatcherName;
        var config = _system.Settings.Config.GetConfig(id) ?? throw new ConfigurationException($"Dispatcher {id} not configured.");
        return config.GetString("type") == "PinnedDispatcher"
            ? new PinnedDispatcher(id)
            : _shared.GetOrAdd(id, _ => new Lazy<MessageDispatcher>(() => Make(id, config))).Value;
    }

    internal MessageDispatcher ForActor(Props props, ActorPath path)
    {
        var inDeployment = path.Depth >= 2 && path.Elements[0] == "user"
            ? _system.Settings.Config.GetString($"akka.actor.deployment.\"/{string.Join('/', path.Elements.Skip(1))}\".dispatcher")
            : null;
        return Lookup(string.IsNullOrEmpty(inDeployment) ? props.Dispatcher : inDeployment);
    }

    internal void Shutdown()
    {
        foreach (var dispatcher in _shared.Values) dispatcher.Value.Shutdown();
    }

    private MessageDispatcher Make(string id, Config config)
    {
        config = config.WithFallback(_system.Settings.Config.GetConfig(DefaultDispatcherId));
        var throughput = config.GetInt("throughput");
        var type = config.GetString("type");
        switch (type)
        {
            case "TaskDispatcher":
                return new ThreadPoolDispatcher(id, throughput);
            case "ForkJoinDispatcher":
                var pool = config.GetConfig("dedicated-thread-pool") ??
                    throw new ConfigurationException($"ForkJoinDispatcher {id} needs a dedicated-thread-pool section.");
                return new DedicatedThreadsDispatcher(id, throughput, pool.GetInt("thread-count"), pool.GetString("threadtype", "background") == "background");
            case "Akka.TestKit.CallingThreadDispatcherConfigurator, Akka.TestKit":
                return new CallingThreadDispatcher(id);
            case "Dispatcher":
                return ForExecutor(id, throughput, config);
            default:
                throw new ConfigurationException($"Cannot instantiate MessageDispatcherConfigurator type [{type}], defined in [{id}].");
        }
    }

    private static MessageDispatcher ForExecutor(string id, int throughput, Config config)
    {
        var executor = config.GetString("executor");
        switch (executor)
        {
            case "default-executor" or "thread-pool-executor" or "task-executor" or "channel-executor":
                return new ThreadPoolDispatcher(id, throughput);
            case "fork-join-executor":
                var threads = Math.Clamp(
                    (int)Math.Ceiling(Environment.ProcessorCount * config.GetDouble("fork-join-executor.parallelism-factor")),
                    config.GetInt("fork-join-executor.parallelism-min"),
                    config.GetInt("fork-join-executor.parallelism-max"));
                return new DedicatedThreadsDispatcher(id, throughput, threads, background: true);
            default:
                throw new ConfigurationException($"Could not resolve executor service configurator type [{executor}] of [{id}].");
        }
    }
}
