using System.Net;
using System.Net.Sockets;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Configuration;

public sealed class MachineCheckTests
{
    private const string Tcp = "akka.remote.dot-netty.tcp.";

    [Theory]
    [InlineData("akka.remote.dot-netty.tcp.port")]
    [InlineData("r1reward.node.bulk.port")]
    [InlineData("r1reward.node.http.port")]
    public async Task A_port_in_use_is_told_before_anything_starts(string key)
    {
        using var other = Listener();
        var port = PortOf(other);

        Assert.Contains(
            $"{key} = {port}: another program listens on port {port}", await FaultAsync($"{key}={port}"));
    }

    [Theory]
    [InlineData("192.0.2.7", "this machine cannot listen on it")]
    [InlineData("no-such-host.invalid", "this name cannot be looked up")]
    public async Task An_address_of_another_machine_is_told(string host, string expected)
    {
        Assert.Contains($"{Tcp}hostname = {host}: {expected}", await FaultAsync($"{Tcp}hostname={host}"));
        Assert.Contains(
            $"r1reward.node.bulk.host = {host}: {expected}", await FaultAsync($"r1reward.node.bulk.host={host}"));
    }

    [Fact]
    public async Task Seeds_that_no_name_server_knows_are_told() => Assert.Contains(
        "no-such-seed.invalid cannot be looked up",
        await FaultAsync("akka.cluster.seed-nodes=akka.tcp://r1reward@no-such-seed.invalid:4053"));

    [Fact]
    public async Task A_seed_that_is_this_node_under_another_name_is_told()
    {
        var name = Dns.GetHostName();
        var address = Dns.GetHostAddresses(name)[0].ToString();
        var port = FreePort();

        Assert.Contains(
            $"is this node under another name than {Tcp}hostname, which is {address}",
            await FaultAsync(
                $"{Tcp}hostname={address}",
                $"{Tcp}port={port}",
                $"akka.cluster.seed-nodes=akka.tcp://r1reward@{name}:{port}"));
    }

    [Fact]
    public async Task A_first_node_that_is_not_among_its_seeds_is_told_unless_one_of_them_listens()
    {
        using var seed = Listener();
        var free = FreePort();
        Assert.Contains(
            $"nothing listens there, and this node is 127.0.0.1:{free}",
            await FaultAsync($"{Tcp}port={free}", Seed(FreePort())));
        Assert.Null(await FaultAsync($"{Tcp}port={free}", Seed(PortOf(seed))));
        Assert.Null(await FaultAsync($"{Tcp}port={free}", Seed(free)));

        static string Seed(int port) => $"akka.cluster.seed-nodes=akka.tcp://r1reward@127.0.0.1:{port}";
    }

    [Fact]
    public void A_client_takes_any_port_and_is_told_what_keeps_it_from_its_cluster()
    {
        using var node = Listener();
        string[] sound = [$"{Tcp}port={PortOf(node)}", $"akka.cluster.seed-nodes=akka.tcp://r1reward@127.0.0.1:1"];

        Assert.Null(ClientFault(sound));
        Assert.Contains("no node of a cluster is named", ClientFault());
        Assert.Contains("this machine cannot listen on it", ClientFault([.. sound, $"{Tcp}hostname=192.0.2.7"]));
        Assert.Contains(
            "no-such-seed.invalid cannot be looked up",
            ClientFault("akka.cluster.seed-nodes=akka.tcp://r1reward@no-such-seed.invalid:1"));
    }

    private static string? ClientFault(params string[] set)
    {
        var configuration = Configurations.Load(null, set, _ => null);
        var reader = configuration.Reader();
        try
        {
            ClientSettings.Read(reader, configuration.Config);
            ClientSettings.CheckMachine(reader, TimeProvider.System);
            return null;
        }
        catch (UserErrorException wrong)
        {
            return wrong.Message;
        }
    }

    private static async Task<string?> FaultAsync(params string[] set)
    {
        var reader = Configurations.Load(null, ["r1reward.node.bulk.key-env=PATH", .. set], _ => null).Reader();
        try
        {
            await NodeSettings.CheckMachineAsync(reader, mayFound: true, TimeProvider.System);
            return null;
        }
        catch (UserErrorException wrong)
        {
            return wrong.Message;
        }
    }

    private static TcpListener Listener()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return listener;
    }

    private static int PortOf(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    private static int FreePort()
    {
        using var listener = Listener();
        return PortOf(listener);
    }
}
