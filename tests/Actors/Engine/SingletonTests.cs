using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;

namespace R1Reward.Actors.Tests.Engine;

/// <summary>What the one coordinator relies on in Akka.NET's cluster singleton.</summary>
public sealed class SingletonTests : IAsyncDisposable
{
    private readonly Nodes _nodes = new();
    private readonly ConcurrentQueue<string> _life = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task What_the_proxy_is_sent_before_there_is_an_instance_arrives_in_order()
    {
        var system = (await _nodes.ClusterAsync(1))[0];
        var proxy = Proxy(system);
        var answers = Enumerable.Range(0, 10)
            .Select(number => proxy.Ask<string>($"{number}", TimeSpan.FromSeconds(20)))
            .ToList();
        StartManager(system);

        Assert.Equal(Enumerable.Range(1, 10).Select(count => $"{Name(system)} {count}"), await Task.WhenAll(answers));
    }

    [Fact]
    public async Task When_its_node_leaves_it_stops_there_before_it_starts_elsewhere()
    {
        var members = await _nodes.ClusterAsync(2);
        StartManager(members[0]);
        Assert.StartsWith(Name(members[0]), await AnswerAsync(Proxy(members[0])), StringComparison.Ordinal);
        StartManager(members[1]);

        await members[0].Terminate().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.StartsWith(Name(members[1]), await AnswerAsync(Proxy(members[1])), StringComparison.Ordinal);
        Assert.Equal([$"start {Name(members[0])}", $"stop {Name(members[0])}", $"start {Name(members[1])}"], _life);
    }

    [Fact]
    public async Task When_its_node_crashes_it_starts_on_the_next_oldest()
    {
        var members = await _nodes.ClusterAsync(3, Nodes.Crashing);
        StartManager(members[0]);
        await AnswerAsync(Proxy(members[0]));
        StartManager(members[1]);
        StartManager(members[2]);

        await members[0].Terminate();

        Assert.StartsWith(Name(members[1]), await AnswerAsync(Proxy(members[2])), StringComparison.Ordinal);
    }

    private static string Name(ActorSystem system) => Nodes.AddressOf(system).ToString();

    private static IActorRef Proxy(ActorSystem system) =>
        system.ActorOf(ClusterSingletonProxy.Props("/user/manager", ClusterSingletonProxySettings.Create(system)));

    /// <summary>Asks again until somebody answers: what goes to an instance that is just ending is lost.</summary>
    private static async Task<string> AnswerAsync(IActorRef proxy)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await proxy.Ask<string>("who", TimeSpan.FromSeconds(2));
            }
            catch (AskTimeoutException) when (attempt < 10)
            {
                // The next attempt may meet the new instance.
            }
        }
    }

    private void StartManager(ActorSystem system)
    {
        var life = _life;
        var settings = ClusterSingletonManagerSettings.Create(system);
        system.ActorOf(
            ClusterSingletonManager.Props(Props.Create(() => new Instance(life)), PoisonPill.Instance, settings),
            "manager");
    }

    private sealed class Instance(ConcurrentQueue<string> life) : UntypedActor
    {
        private readonly string _name = Name(Context.System);
        private int _messages;

        protected override void PreStart() => life.Enqueue($"start {_name}");

        protected override void PostStop() => life.Enqueue($"stop {_name}");

        protected override void OnReceive(object message) => Sender.Tell($"{_name} {++_messages}");
    }
}
