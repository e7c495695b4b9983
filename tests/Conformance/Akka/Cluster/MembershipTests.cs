using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Conformance.AkkaRemote;

namespace R1Reward.Conformance.AkkaCluster;

public sealed class MembershipTests : IAsyncDisposable
{
    private readonly Nodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Fact]
    public async Task A_joined_node_is_up_everywhere_with_its_roles()
    {
        var founder = _nodes.Member("coordinator");
        var worker = _nodes.Member("rollout");
        await Nodes.Join(founder, founder);
        await Nodes.Join(worker, founder);
        foreach (var system in new[] { founder, worker })
        {
            await Eventually.Be(() => Nodes.Up(system).Count() == 2);
            var members = Akka.Cluster.Cluster.Get(system).State.Members;
            Assert.Equal("coordinator", Assert.Single(members.Single(m => m.Address == Nodes.AddressOf(founder)).Roles));
            Assert.True(members.Single(m => m.Address == Nodes.AddressOf(worker)).HasRole("rollout"));
        }

        Assert.Equal(Akka.Cluster.Cluster.Get(founder).State.Leader, Akka.Cluster.Cluster.Get(worker).State.Leader);
        Assert.Equal(MemberStatus.Up, Akka.Cluster.Cluster.Get(worker).SelfMember.Status);
    }

    [Fact]
    public async Task The_founder_sees_itself_up_and_then_others_join_and_come_up()
    {
        var founder = _nodes.Member();
        var (_, events) = Subscribe(founder);
        await Nodes.Join(founder, founder);
        var worker = _nodes.Member();
        await Nodes.Join(worker, founder);
        await Eventually.Be(() => events.Count >= 3);
        Assert.Equal(
            [("MemberUp", Nodes.AddressOf(founder)), ("MemberJoined", Nodes.AddressOf(worker)), ("MemberUp", Nodes.AddressOf(worker))],
            events.Cast<ClusterEvent.IMemberEvent>().Select(e => (e.GetType().Name, e.Member.Address)));
    }

    [Fact]
    public async Task Nobody_comes_up_before_the_minimum_of_members_is_there()
    {
        const string two = "akka.cluster.min-nr-of-members = 2";
        var (founder, worker) = (_nodes.Member(extra: two), _nodes.Member(extra: two));
        var ready = new TaskCompletionSource();
        Akka.Cluster.Cluster.Get(founder).RegisterOnMemberUp(ready.SetResult);
        Akka.Cluster.Cluster.Get(founder).Join(Nodes.AddressOf(founder));
        await Eventually.Be(() => Akka.Cluster.Cluster.Get(founder).SelfMember.Status == MemberStatus.Joining);
        Assert.False(ready.Task.IsCompleted);
        await Nodes.Join(worker, founder);
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_minimum_may_be_set_per_role()
    {
        const string oneLearner = "akka.cluster.role.learner.min-nr-of-members = 1";
        var (founder, learner) = (_nodes.Member("coordinator", oneLearner), _nodes.Member("learner", oneLearner));
        Akka.Cluster.Cluster.Get(founder).Join(Nodes.AddressOf(founder));
        await Eventually.Be(() => Akka.Cluster.Cluster.Get(founder).SelfMember.Status == MemberStatus.Joining);
        await Nodes.Join(learner, founder);
        await Eventually.Be(() => Nodes.Up(founder).Count() == 2);
    }

    [Fact]
    public async Task The_first_seed_founds_the_cluster_and_the_others_find_it()
    {
        var first = _nodes.Member();
        var second = _nodes.Member();
        Address[] seeds = [Nodes.AddressOf(first), Nodes.AddressOf(second)];
        await Task.WhenAll(
            Akka.Cluster.Cluster.Get(second).JoinSeedNodesAsync(seeds).WaitAsync(TimeSpan.FromSeconds(30)),
            Akka.Cluster.Cluster.Get(first).JoinSeedNodesAsync(seeds).WaitAsync(TimeSpan.FromSeconds(30)));
        foreach (var system in new[] { first, second }) await Eventually.Be(() => Nodes.Up(system).Order().SequenceEqual(seeds.Order()));
    }

    [Fact]
    public async Task A_late_subscriber_gets_the_state_first_or_the_events_that_led_to_it()
    {
        var members = await _nodes.Cluster(2);
        var (byState, snapshot) = Recorder.Start(members[1]);
        Akka.Cluster.Cluster.Get(members[1]).Subscribe(byState, typeof(ClusterEvent.IMemberEvent));
        await Eventually.Be(() => !snapshot.IsEmpty);
        Assert.Equal(2, Assert.IsType<ClusterEvent.CurrentClusterState>(snapshot.Single()).Members.Count);
        var (_, events) = Subscribe(members[1]);
        await Eventually.Be(() => events.Count == 2);
        Assert.All(events, e => Assert.IsType<ClusterEvent.MemberUp>(e));
    }

    [Fact]
    public async Task A_leaving_node_goes_through_left_exited_and_removed_and_its_system_ends()
    {
        var members = await _nodes.Cluster(2);
        var (_, events) = Subscribe(members[0]);
        await Eventually.Be(() => events.Count == 2);
        var removed = new TaskCompletionSource();
        Akka.Cluster.Cluster.Get(members[1]).RegisterOnMemberRemoved(removed.SetResult);
        await Akka.Cluster.Cluster.Get(members[1]).LeaveAsync().WaitAsync(TimeSpan.FromSeconds(20));
        await removed.Task.WaitAsync(TimeSpan.FromSeconds(5));
        await members[1].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.True(Akka.Cluster.Cluster.Get(members[1]).IsTerminated);
        await Eventually.Be(() => events.OfType<ClusterEvent.MemberRemoved>().Any());
        Assert.Equal(["MemberLeft", "MemberExited", "MemberRemoved"], events.Skip(2).Select(e => e.GetType().Name));
        Assert.Equal(MemberStatus.Exiting, events.OfType<ClusterEvent.MemberRemoved>().Single().PreviousStatus);
    }

    [Fact]
    public async Task Terminating_a_system_leaves_the_cluster_first()
    {
        var members = await _nodes.Cluster(2);
        await members[1].Terminate().WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.Be(() => Akka.Cluster.Cluster.Get(members[0]).State.Members.Count == 1);
        Assert.Empty(Akka.Cluster.Cluster.Get(members[0]).State.Unreachable);
    }

    [Fact]
    public async Task A_downed_node_ends_its_system_and_says_why()
    {
        var members = await _nodes.Cluster(2);
        Akka.Cluster.Cluster.Get(members[0]).Down(Nodes.AddressOf(members[1]));
        await members[1].WhenTerminated.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.IsType<CoordinatedShutdown.ClusterDowningReason>(CoordinatedShutdown.Get(members[1]).ShutdownReason);
        await Eventually.Be(() => Akka.Cluster.Cluster.Get(members[0]).State.Members.Count == 1);
    }

    [Fact]
    public async Task Joining_fails_when_its_token_is_cancelled()
    {
        var node = _nodes.Member();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        var nowhere = new Address("akka.tcp", "net", "127.0.0.1", 1);
        await Assert.ThrowsAsync<ClusterJoinFailedException>(() => Akka.Cluster.Cluster.Get(node).JoinAsync(nowhere, limit.Token));
    }

    [Fact]
    public async Task A_node_that_finds_no_seed_in_time_ends_its_system()
    {
        var node = _nodes.Member(extra: """
            akka.cluster {
              seed-nodes = ["akka.tcp://net@127.0.0.1:1"]
              shutdown-after-unsuccessful-join-seed-nodes = 1 s
            }
            """);
        await node.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.IsType<CoordinatedShutdown.ClusterJoinUnsuccessfulReason>(CoordinatedShutdown.Get(node).ShutdownReason);
    }

    internal static (IActorRef Ref, ConcurrentQueue<object> Events) Subscribe(ActorSystem system, params Type[] to)
    {
        var (recorder, events) = Recorder.Start(system);
        Akka.Cluster.Cluster.Get(system).Subscribe(recorder, ClusterEvent.InitialStateAsEvents, to.Length > 0 ? to : [typeof(ClusterEvent.IMemberEvent)]);
        return (recorder, events);
    }
}
