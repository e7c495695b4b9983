using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using R1Reward.Conformance.AkkaRemote;

namespace R1Reward.Conformance.AkkaCluster;

public sealed class SingletonTests : IAsyncDisposable
{
    private readonly Nodes _nodes = new();
    private readonly ConcurrentQueue<string> _life = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task It_runs_on_the_oldest_member_of_its_role_and_is_reached_through_the_proxy()
    {
        var founder = _nodes.Member("worker");
        var candidates = new[] { _nodes.Member("coordinator"), _nodes.Member("coordinator") };
        await Nodes.Join(founder, founder);
        foreach (var candidate in candidates)
        {
            await Nodes.Join(candidate, founder);
            StartManager(candidate, "coordinator");
        }

        var answer = await Proxy(founder, "coordinator").Ask<string>("where", TimeSpan.FromSeconds(20));
        Assert.Equal(Name(candidates[0]), answer);
        Assert.Equal([$"start {Name(candidates[0])}"], _life);
    }

    [Fact]
    public async Task What_the_proxy_is_told_before_there_is_an_instance_arrives_in_order()
    {
        var founder = _nodes.Member("coordinator");
        await Nodes.Join(founder, founder);
        var proxy = Proxy(founder, "coordinator");
        var (recorder, answers) = Recorder.Start(founder);
        foreach (var i in Enumerable.Range(0, 10)) proxy.Tell($"echo {i}", recorder);
        StartManager(founder, "coordinator");
        await Eventually.Hold(() => Assert.Equal($"start {Name(founder)}: 10 answers", $"{string.Join(", ", _life)}: {answers.Count} answers"));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"echo {i}"), answers.Cast<string>());
    }

    [Fact]
    public async Task When_its_node_leaves_it_stops_there_before_it_starts_elsewhere()
    {
        var members = await _nodes.Cluster(2);
        foreach (var member in members) StartManager(member);
        await Eventually.Be(() => !_life.IsEmpty);
        var proxy = Proxy(members[1]);
        await members[0].Terminate().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Name(members[1]), await AskUntilAnswered(proxy));
        Assert.Equal([$"start {Name(members[0])}", $"stop {Name(members[0])}", $"start {Name(members[1])}"], _life);
    }

    [Fact]
    public async Task When_its_node_crashes_it_starts_elsewhere_after_the_removal_and_the_margin()
    {
        var members = await _nodes.Cluster(3, Nodes.Crashing);
        foreach (var member in members) StartManager(member);
        await Eventually.Be(() => !_life.IsEmpty);
        var (_, events) = MembershipTests.Subscribe(members[1], typeof(ClusterEvent.MemberRemoved));
        var time = TimeProvider.System;
        await members[0].Terminate();
        var started = Eventually.Be(() => _life.Contains($"start {Name(members[1])}"), 30);
        await Eventually.Be(() => !events.IsEmpty);
        var at = time.GetTimestamp();
        await started;
        // The margin is 500 ms; the two clocks' ticks are granted 150.
        Assert.True(time.GetElapsedTime(at) > TimeSpan.FromMilliseconds(350), $"started {time.GetElapsedTime(at)} after the removal");
        Assert.Equal(Name(members[1]), await AskUntilAnswered(Proxy(members[2])));
    }

    private static string Name(ActorSystem system) => Nodes.AddressOf(system).ToString();

    private static IActorRef Proxy(ActorSystem system, string role = "worker") =>
        system.ActorOf(ClusterSingletonProxy.Props("/user/manager", ClusterSingletonProxySettings.Create(system).WithRole(role)));

    // What goes to an instance that is just ending is lost.
    private static async Task<string> AskUntilAnswered(IActorRef proxy)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await proxy.Ask<string>("where", TimeSpan.FromSeconds(3));
            }
            catch (AskTimeoutException) when (attempt < 5)
            {
            }
        }
    }

    private void StartManager(ActorSystem system, string role = "worker")
    {
        var life = _life;
        system.ActorOf(
            ClusterSingletonManager.Props(
                Props.Create(() => new Instance(life)),
                PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(system).WithRole(role)),
            "manager");
    }

    private sealed class Instance : UntypedActor
    {
        private readonly ConcurrentQueue<string> _life;
        private readonly string _name = Name(Context.System);

        public Instance(ConcurrentQueue<string> life) => _life = life;

        protected override void PreStart() => _life.Enqueue($"start {_name}");
        protected override void PostStop() => _life.Enqueue($"stop {_name}");

        protected override void OnReceive(object message) =>
            Sender.Tell(message is "where" ? _name : message);
    }
}
