using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Event;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Who founds a cluster, who joins one, and who is none of its members.</summary>
public sealed class MembershipTests : IAsyncLifetime
{
    private const string Impatient = "r1reward.node.join-timeout=3 s";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();
    private readonly List<NodeHost> _hosts = [];
    private readonly (int First, int Second) _ports = (FreePort(), FreePort());

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var host in Enumerable.Reverse(_hosts))
        {
            await host.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task A_seed_that_is_not_told_to_found_waits_for_a_cluster_and_says_what_founds_one()
    {
        var error = await Assert.ThrowsAsync<CannotJoinException>(
            () => StartAsync(_ports.First, founds: false, Impatient));

        Assert.Contains("no cluster joined within 3 s", error.Message);
        Assert.Contains("r1reward.node.found = on", error.Message);
    }

    [Fact]
    public async Task A_founder_that_reaches_nobody_never_comes_up_where_more_members_are_wanted()
    {
        var error = await Assert.ThrowsAsync<CannotJoinException>(
            () => StartAsync(_ports.First, founds: true, Impatient, "akka.cluster.min-nr-of-members=2"));

        Assert.Contains("1 members within 3 s, of 2 that it wants", error.Message);
    }

    [Fact]
    public async Task A_founder_that_is_started_again_joins_the_cluster_that_is_there()
    {
        var founder = await StartAsync(_ports.First, founds: true);
        var other = await StartAsync(_ports.Second, founds: false);
        await UntilAsync(() => MembersOf(other) == 2);
        await founder.DisposeAsync();
        _hosts.Remove(founder);

        var again = await StartAsync(_ports.First, founds: true);

        await UntilAsync(() => MembersOf(again) == 2 && MembersOf(other) == 2);
        Assert.Equal(
            Cluster.Get(other.System).SelfAddress,
            Cluster.Get(again.System).State.Members.OrderBy(member => member, Member.AgeOrdering).First().Address);
    }

    [Fact]
    public async Task A_founder_that_was_cut_off_gives_up_once_it_reaches_the_others_and_joins_them_the_next_time()
    {
        // Who founds the other cluster does not know of the first, as if it could not reach it.
        const string two = "akka.cluster.min-nr-of-members=2";
        var seed = $"akka.cluster.seed-nodes=[{AddressOf(_ports.Second)}]";
        var alone = StartAsync(_ports.First, founds: true, two);
        await Task.Delay(TimeSpan.FromSeconds(4), TimeProvider.System);
        var others = await Task.WhenAll(
            StartAsync(_ports.Second, founds: true, two, seed),
            StartAsync(FreePort(), founds: false, two, seed));

        var error = await Assert.ThrowsAsync<CannotJoinException>(() => alone);
        var back = await StartAsync(_ports.First, founds: true, two);

        Assert.Contains("start it again, and it joins them", error.Message);
        await UntilAsync(() => MembersOf(back) == 3 && others.All(other => MembersOf(other) == 3));
    }

    [Fact]
    public async Task A_node_whose_seeds_were_all_lost_and_have_a_cluster_without_it_ends_and_joins_them()
    {
        var founder = await StartAsync(_ports.First, founds: true);
        var left = await StartAsync(FreePort(), founds: false);
        await UntilAsync(() => MembersOf(founder) == 2);
        await founder.DisposeAsync();
        _hosts.Remove(founder);

        // It asks the other seed, which is not there.
        var again = await StartAsync(_ports.First, founds: true);

        await left.System.WhenTerminated.WaitAsync(Patience);
        Assert.Contains($"{AddressOf(_ports.First)} has a cluster without it: start it again", left.Downed?.Message);
        await StartAsync(FreePort(), founds: false);
        await UntilAsync(() => MembersOf(again) == 2);
    }

    [Fact]
    public async Task A_client_speaks_to_the_coordinator_by_way_of_any_seed_and_is_no_member()
    {
        var host = await StartAsync(_ports.First, founds: true);
        var settings = Settings(FreePort(), founds: false);
        await using var client = ClusterClient.Start(settings.Client with
        {
            Seeds = [AddressOf(FreePort()), AddressOf(_ports.First)],
        });
        await Assert.ThrowsAsync<AskTimeoutException>(
            () => client.AskAsync<RunStatus>(RunCommands.GetStatus.Instance, TimeSpan.FromSeconds(2)));

        var status = await client.AskAsync<RunStatus>(RunCommands.GetStatus.Instance, Patience);

        Assert.Equal($"no run is under way in {_folder.Path}", status.Message);
        Assert.Equal(1, MembersOf(host));
    }

    [Fact]
    public async Task A_client_sees_the_members_and_has_one_leave_and_another_removed()
    {
        var first = await StartAsync(_ports.First, founds: true);
        var second = await StartAsync(_ports.Second, founds: false);
        await UntilAsync(() => MembersOf(first) == 2);
        await using var client = ClusterClient.Start(Settings(FreePort(), founds: false).Client with
        {
            Seeds = [AddressOf(FreePort()), AddressOf(_ports.First)],
        });

        var seen = await client.FindAsync(Patience);
        Assert.Equal((AddressOf(_ports.First), AddressOf(_ports.First)), (seen?.Node, seen?.Coordinator));
        Assert.Equal(
            new[] { AddressOf(_ports.First), AddressOf(_ports.Second) }.Order(StringComparer.Ordinal),
            seen?.All.Select(member => member.Address).Order(StringComparer.Ordinal));
        Assert.All(seen!.All, member => Assert.Equal(("up", true), (member.Status, member.Reachable)));
        Assert.All(seen.All, member => Assert.Equal(["coordinator"], member.Roles));

        var unknown = await RefusalAsync("127.0.0.9");
        Assert.StartsWith("no member has this address; write one of ", unknown);
        Assert.All([_ports.First, _ports.Second], port => Assert.Contains(AddressOf(port), unknown));
        Assert.Contains("several members are on this host", await RefusalAsync("127.0.0.1"));
        Assert.Null(await RefusalAsync($"127.0.0.1:{_ports.Second}"));
        await second.System.WhenTerminated.WaitAsync(Patience);
        Assert.Null(second.Downed);
        await UntilAsync(() => MembersOf(first) == 1);

        var third = await StartAsync(_ports.Second, founds: false);
        await UntilAsync(() => MembersOf(first) == 2);
        await client.OrderAsync(new ClusterCommands.Down(AddressOf(_ports.Second)), Patience);
        await third.System.WhenTerminated.WaitAsync(Patience);
        Assert.Contains("removed from the cluster", third.Downed?.Message);

        async Task<string?> RefusalAsync(string node) =>
            (await client.OrderAsync(new ClusterCommands.Leave(node), Patience)).Refusal;
    }

    [Fact]
    public async Task A_node_with_other_rules_or_another_folder_is_sent_away_and_both_ends_say_why()
    {
        var first = await StartAsync(_ports.First, founds: true);
        var said = new ConcurrentQueue<string>();
        var listener = first.System.ActorOf(Props.Create(() => new Listener(said)));
        first.System.EventStream.Subscribe(listener, typeof(Warning));

        var rules = await Assert.ThrowsAsync<UserErrorException>(
            () => StartAsync(_ports.Second, founds: false, "akka.cluster.split-brain-resolver.stable-after=9 s"));
        Assert.Contains("this node cannot work in the cluster that it has joined", rules.Message);
        Assert.Contains("akka.cluster.split-brain-resolver", rules.Message);
        Assert.Contains($"at {AddressOf(_ports.Second)} and {AddressOf(_ports.First)}", rules.Message);
        await UntilAsync(() => said.Any(line => line.Contains("akka.cluster.split-brain-resolver")));
        await UntilAsync(() => MembersOf(first) == 1);

        var folder = await Assert.ThrowsAsync<UserErrorException>(
            () => StartAsync(_ports.Second, founds: false, $"r1reward.run.folder={_folder.At("other")}"));
        Assert.Contains("r1reward.run.folder: not the same storage", folder.Message);
        await UntilAsync(() => said.Any(line => line.Contains("r1reward.run.folder")));
    }

    [Fact]
    public async Task A_node_of_another_release_than_the_cluster_is_sent_away()
    {
        var old = ConfigurationFactory.ParseString(
            $"akka {{ cluster.app-version = 0.0.1, remote.dot-netty.tcp.port = {_ports.First} }}");
        using var founder = ActorSystem.Create(
            NodeSettings.SystemName, old.WithFallback(Configurations.Reference));
        Cluster.Get(founder).Join(Cluster.Get(founder).SelfAddress);

        var error = await Assert.ThrowsAsync<UserErrorException>(
            () => StartAsync(_ports.Second, founds: false));

        Assert.Contains($"{AddressOf(_ports.First)} is 0.0.1; install the same on all nodes", error.Message);
    }

    private static int MembersOf(NodeHost host) =>
        Cluster.Get(host.System).State.Members.Count(member => member.Status == MemberStatus.Up);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }

    private async Task<NodeHost> StartAsync(int port, bool founds, params string[] more)
    {
        var host = await NodeHost.StartAsync(Settings(port, founds, more), TimeProvider.System, resume: true);
        lock (_hosts)
        {
            _hosts.Add(host);
        }

        return host;
    }

    private NodeSettings Settings(int port, bool founds, params string[] more)
    {
        var configuration = Configurations.Load(
            null,
            [
                "r1reward.node.roles=[coordinator]",
                "r1reward.node.join-timeout=60 s",
                $"r1reward.run.folder={_folder.Path}",
                $"r1reward.node.found={(founds ? "on" : "off")}",
                $"akka.remote.dot-netty.tcp.port={port}",
                $"akka.cluster.seed-nodes=[{AddressOf(_ports.First)}, {AddressOf(_ports.Second)}]",
                .. more,
            ],
            _ => null);
        return NodeSettings.Read(configuration.Reader(), configuration.Config);
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> said) => Receive<Warning>(line => said.Enqueue($"{line.Message}"));
    }

    private static string AddressOf(int port) => $"akka.tcp://r1reward@127.0.0.1:{port}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
