using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using R1Reward.Actors.Configuration;

namespace R1Reward.Actors.Tests.Engine;

/// <summary>Actor systems with the settings of reference.conf that talk over loopback in one process.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    /// <summary>
    /// With this on top, Terminate ends a system without leaving the cluster: for the others it has crashed.
    /// </summary>
    public const string Crashing = "akka.coordinated-shutdown.run-by-actor-system-terminate = off";

    // A crash is noticed sooner than in a run: these systems do no tensor work.
    private const string Hurried = """
        akka {
          loglevel = OFF
          cluster.failure-detector.heartbeat-interval = 200 ms
          cluster.failure-detector.acceptable-heartbeat-pause = 1 s
          cluster.failure-detector.expected-response-after = 200 ms
          cluster.split-brain-resolver.stable-after = 1 s
        }
        """;

    private readonly List<ActorSystem> _systems = [];

    public ActorSystem Create(string more = "")
    {
        var config = ConfigurationFactory.ParseString(more)
            .WithFallback(ConfigurationFactory.ParseString(Hurried))
            .WithFallback(Configurations.Reference);
        var system = ActorSystem.Create("net", config);
        _systems.Add(system);
        return system;
    }

    /// <summary>Members of a cluster that the first one founds, one after the other.</summary>
    public async Task<IReadOnlyList<ActorSystem>> ClusterAsync(int count, string more = "")
    {
        var members = new List<ActorSystem>();
        for (var i = 0; i < count; i++)
        {
            members.Add(Create(more));
            await Cluster.Get(members[i]).JoinAsync(AddressOf(members[0])).WaitAsync(TimeSpan.FromSeconds(20));
        }

        return members;
    }

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    public async ValueTask DisposeAsync()
    {
        foreach (var system in Enumerable.Reverse(_systems))
        {
            await system.Terminate().WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}
