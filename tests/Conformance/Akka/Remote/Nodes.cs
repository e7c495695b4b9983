using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;

namespace R1Reward.Conformance.AkkaRemote;

/// <summary>Actor systems that talk over loopback in one process, with short times; ended with the test.</summary>
public sealed class Nodes : IAsyncDisposable
{
    /// <summary>With this on top, Terminate ends a system without leaving the cluster: for the others it has crashed.</summary>
    public const string Crashing = "akka.coordinated-shutdown.run-by-actor-system-terminate = off";

    internal const string Defaults = """
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = []
          remote.dot-netty.tcp {
            hostname = "127.0.0.1"
            port = 0
          }
          remote.watch-failure-detector {
            heartbeat-interval = 200 ms
            acceptable-heartbeat-pause = 1 s
            unreachable-nodes-reaper-interval = 200 ms
            expected-response-after = 200 ms
          }
          cluster {
            gossip-interval = 200 ms
            leader-actions-interval = 200 ms
            unreachable-nodes-reaper-interval = 200 ms
            periodic-tasks-initial-delay = 200 ms
            allow-weakly-up-members = off
            down-removal-margin = 500 ms
            seed-node-timeout = 1 s
            retry-unsuccessful-join-after = 2 s
            failure-detector {
              heartbeat-interval = 300 ms
              acceptable-heartbeat-pause = 1500 ms
              expected-response-after = 300 ms
            }
            split-brain-resolver {
              stable-after = 1 s
              down-all-when-unstable = off
            }
          }
        }
        """;

    private readonly List<ActorSystem> _systems = [];

    /// <summary>A system that can be reached, but is in no cluster.</summary>
    public ActorSystem Remote(string extra = "") => Create("remote", extra);

    /// <summary>A system that may join a cluster.</summary>
    public ActorSystem Member(string role = "worker", string extra = "") =>
        Create("cluster", $"akka.cluster.roles = [{role}]", extra);

    /// <summary>Members in a cluster founded by the first, all Up and known as such to everybody.</summary>
    public async Task<IReadOnlyList<ActorSystem>> Cluster(int count, string extra = "")
    {
        var members = new List<ActorSystem>();
        for (var i = 0; i < count; i++)
        {
            members.Add(Member(extra: extra));
            await Join(members[i], members[0]);
        }

        foreach (var member in members) await Eventually.Be(() => Up(member).Count() == count);
        return members;
    }

    public static Task Join(ActorSystem system, ActorSystem founder) =>
        Akka.Cluster.Cluster.Get(system).JoinAsync(AddressOf(founder)).WaitAsync(TimeSpan.FromSeconds(20));

    public static IEnumerable<Address> Up(ActorSystem system) =>
        Akka.Cluster.Cluster.Get(system).State.Members.Where(m => m.Status == MemberStatus.Up).Select(m => m.Address);

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    /// <summary>The ref through which one system talks to an actor of another.</summary>
    public static Task<IActorRef> Reach(ActorSystem from, IActorRef actor) =>
        from.ActorSelection(actor.Path.ToStringWithAddress(((IInternalActorRef)actor).Provider.DefaultAddress)).ResolveOne(TimeSpan.FromSeconds(10));

    public async ValueTask DisposeAsync()
    {
        // Youngest first, so that the founder leaves last.
        foreach (var system in Enumerable.Reverse(_systems)) await system.Terminate().WaitAsync(TimeSpan.FromSeconds(30));
    }

    private ActorSystem Create(string provider, params string[] extra)
    {
        var config = extra.Reverse().Select(e => ConfigurationFactory.ParseString(e))
            .Append(ConfigurationFactory.ParseString($"akka.actor.provider = {provider}"))
            .Append(ConfigurationFactory.ParseString(Defaults))
            .Aggregate((top, below) => top.WithFallback(below));
        var system = ActorSystem.Create("net", config);
        _systems.Add(system);
        return system;
    }
}

/// <summary>Waits for what another thread brings about.</summary>
public static class Eventually
{
    public static Task Be(Func<bool> condition, int seconds = 20) => Hold(() => Assert.True(condition()), seconds);

    public static async Task Hold(Action assertion, int seconds = 20)
    {
        var time = TimeProvider.System;
        var start = time.GetTimestamp();
        while (true)
        {
            try
            {
                assertion();
                return;
            }
            catch (Exception) when (time.GetElapsedTime(start).TotalSeconds < seconds)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), time);
            }
        }
    }
}

/// <summary>Keeps what it is told, in order; watches the refs that it is told to.</summary>
public sealed class Recorder : UntypedActor
{
    private readonly ConcurrentQueue<object> _messages;

    public Recorder(ConcurrentQueue<object> messages) => _messages = messages;

    public sealed record Watch(IActorRef Target) : INoSerializationVerificationNeeded;

    public static (IActorRef Ref, ConcurrentQueue<object> Messages) Start(ActorSystem system, string? name = null)
    {
        var messages = new ConcurrentQueue<object>();
        return (system.ActorOf(Props.Create(() => new Recorder(messages)), name), messages);
    }

    protected override void OnReceive(object message)
    {
        if (message is Watch watch) Context.Watch(watch.Target);
        else _messages.Enqueue(message);
    }
}

/// <summary>Answers every message with itself.</summary>
public sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}
