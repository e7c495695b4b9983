using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

/// <summary>Who founds a cluster, who joins one, and who is none of its members.</summary>
public sealed class MembershipTests : IAsyncLifetime
{
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
        var error = await Assert.ThrowsAsync<CannotJoinException>(() => StartAsync(_ports.First, founds: false));

        Assert.Contains("no cluster joined within 3 s", error.Message);
        Assert.Contains("r1reward.node.found = on", error.Message);
    }

    [Fact]
    public async Task A_founder_that_reaches_nobody_never_comes_up_where_more_members_are_wanted()
    {
        var error = await Assert.ThrowsAsync<CannotJoinException>(
            () => StartAsync(_ports.First, founds: true, "akka.cluster.min-nr-of-members=2"));

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

        var again = await StartAsync(_ports.First, founds: true, "r1reward.node.join-timeout=30 s");

        await UntilAsync(() => MembersOf(again) == 2 && MembersOf(other) == 2);
        Assert.Equal(
            Cluster.Get(other.System).SelfAddress,
            Cluster.Get(again.System).State.Members.OrderBy(member => member, Member.AgeOrdering).First().Address);
    }

    [Fact]
    public async Task A_client_speaks_to_the_coordinator_by_way_of_any_seed_and_is_no_member()
    {
        var host = await StartAsync(_ports.First, founds: true);
        var settings = Settings(FreePort(), founds: false);
        await using var client = ClusterClient.Start(settings with
        {
            Seeds = [AddressOf(FreePort()), AddressOf(_ports.First)],
        });
        await Assert.ThrowsAsync<AskTimeoutException>(
            () => client.AskAsync<RunStatus>(RunCommands.GetStatus.Instance, TimeSpan.FromSeconds(2)));

        var status = await client.AskAsync<RunStatus>(RunCommands.GetStatus.Instance, Patience);

        Assert.Equal($"no run is under way in {_folder.Path}", status.Message);
        Assert.Equal(1, MembersOf(host));
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
        _hosts.Add(host);
        return host;
    }

    private NodeSettings Settings(int port, bool founds, params string[] more)
    {
        var configuration = Configurations.Load(
            null,
            [
                "r1reward.node.roles=[coordinator]",
                "r1reward.node.join-timeout=3 s",
                $"r1reward.run.folder={_folder.Path}",
                $"r1reward.node.found={(founds ? "on" : "off")}",
                $"akka.remote.dot-netty.tcp.port={port}",
                $"akka.cluster.seed-nodes=[{AddressOf(_ports.First)}, {AddressOf(_ports.Second)}]",
                .. more,
            ],
            _ => null);
        return NodeSettings.Read(configuration.Reader(), configuration.Config);
    }

    private static string AddressOf(int port) => $"akka.tcp://r1reward@127.0.0.1:{port}";

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
