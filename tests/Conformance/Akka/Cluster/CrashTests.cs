using Akka.Actor;
using Akka.Cluster;
using R1Reward.Conformance.AkkaRemote;

namespace R1Reward.Conformance.AkkaCluster;

public sealed class CrashTests : IAsyncDisposable
{
    private const string Quorum = Nodes.Crashing + """

        akka.cluster.split-brain-resolver {
          active-strategy = static-quorum
          static-quorum.quorum-size = 2
        }
        """;

    private readonly Nodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task A_crashed_member_is_unreachable_then_downed_then_removed()
    {
        var members = await _nodes.Cluster(3, Nodes.Crashing);
        var (_, events) = MembershipTests.Subscribe(members[0], typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        await Eventually.Be(() => events.Count == 3);
        await members[2].Terminate();
        await Eventually.Be(() => events.OfType<ClusterEvent.MemberRemoved>().Any());
        Assert.Equal(["UnreachableMember", "MemberDowned", "MemberRemoved"], events.Skip(3).Select(e => e.GetType().Name));
        Assert.Equal(MemberStatus.Down, events.OfType<ClusterEvent.MemberRemoved>().Single().PreviousStatus);
    }

    [Fact]
    public async Task An_actor_of_a_killed_process_is_terminated_with_the_removal_not_before()
    {
        // Two in here, so that the survivors are the majority wherever the ports fall.
        var founder = (await _nodes.Cluster(2))[0];
        var here = Nodes.Up(founder).ToList();
        using var process = NodeProcess.Start(Nodes.AddressOf(founder));
        try
        {
            await Eventually.Be(() => Nodes.Up(founder).Count() == 3, 60);
            var address = Nodes.Up(founder).Except(here).Single();
            var remote = await founder.ActorSelection($"{address}/user/{NodeProcess.Echo}").ResolveOne(TimeSpan.FromSeconds(20));
            var (recorder, events) = MembershipTests.Subscribe(founder, typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.UnreachableMember));
            recorder.Tell(new Recorder.Watch(remote));
            await remote.Ask<string>("watched", TimeSpan.FromSeconds(10));
            process.Kill();
            await Eventually.Be(() => events.OfType<Terminated>().Any());
            Assert.Equal(["UnreachableMember", "MemberRemoved", "Terminated"], events.Select(e => e.GetType().Name));
        }
        finally
        {
            process.Kill();
        }
    }

    [Fact]
    public async Task A_new_process_on_an_old_address_replaces_the_old_incarnation()
    {
        var founder = (await _nodes.Cluster(1))[0];
        var before = _nodes.Member(extra: Nodes.Crashing);
        await Nodes.Join(before, founder);
        await Eventually.Be(() => Nodes.Up(founder).Count() == 2);
        var address = Nodes.AddressOf(before);
        var uid = Akka.Cluster.Cluster.Get(before).SelfUniqueAddress.Uid;
        await before.Terminate();
        var after = _nodes.Member(extra: $"akka.remote.dot-netty.tcp.port = {address.Port}");
        await Nodes.Join(after, founder);
        Assert.Equal(address, Nodes.AddressOf(after));
        await Eventually.Be(() => Nodes.Up(founder).Count() == 2);
        Assert.DoesNotContain(Akka.Cluster.Cluster.Get(founder).State.Members, m => m.UniqueAddress.Uid == uid);
    }

    [Fact]
    public async Task Below_the_quorum_the_survivors_down_themselves()
    {
        var members = await _nodes.Cluster(3, Quorum);
        await Task.WhenAll(members[1].Terminate(), members[2].Terminate());
        await members[0].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.IsType<CoordinatedShutdown.ClusterDowningReason>(CoordinatedShutdown.Get(members[0]).ShutdownReason);
    }

    [Fact]
    public async Task With_a_quorum_the_survivors_go_on()
    {
        var members = await _nodes.Cluster(3, Quorum);
        await members[0].Terminate();
        foreach (var survivor in members.Skip(1)) await Eventually.Be(() => Akka.Cluster.Cluster.Get(survivor).State.Members.Count == 2);
        Assert.Equal(Akka.Cluster.Cluster.Get(members[1]).State.Leader, Akka.Cluster.Cluster.Get(members[2]).State.Leader);
    }
}
