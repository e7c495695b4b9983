using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Configuration;

public sealed class AddressCheckTests
{
    [Theory]
    [InlineData("0.0.0.0", "", "akka.tcp://r1reward@10.0.0.1:4053", "hostname = 0.0.0.0: this listens everywhere")]
    [InlineData("::", "", "akka.tcp://r1reward@10.0.0.1:4053", "hostname = ::: this listens everywhere")]
    [InlineData("10.0.0.2", "", "10.0.0.1:4053", "10.0.0.1:4053 is no address of a node")]
    [InlineData("10.0.0.2", "", "akka.tcp://r1reward@10.0.0.1", "is no address of a node")]
    [InlineData("10.0.0.2", "", "akka.tcp://r1reward@10.0.0.1:70000", "is no address of a node")]
    [InlineData("10.0.0.2", "", "akka.ssl.tcp://r1reward@10.0.0.1:4053", "begins with akka.ssl.tcp")]
    [InlineData("10.0.0.2", "", "akka.tcp://reward@10.0.0.1:4053", "names the system reward")]
    [InlineData("127.0.0.1", "", "akka.tcp://r1reward@localhost:4053", "is this node under another name")]
    [InlineData("127.0.0.1", "0.0.0.0", "akka.tcp://r1reward@10.0.0.1:4053", "public-hostname = 0.0.0.0: this listens")]
    [InlineData("10.0.0.2", "", "akka.tcp://r1reward@0.0.0.0:4053", "names no machine")]
    [InlineData("Host-One", "", "akka.tcp://r1reward@host-one:4053", "is this node under another name")]
    [InlineData("akka.tcp://10.0.0.2", "", "akka.tcp://r1reward@10.0.0.1:4053", "write a host name or an IP address")]
    [InlineData("10.0.0.2:4053", "", "akka.tcp://r1reward@10.0.0.1:4053", "write a host name or an IP address")]
    [InlineData("10.0.0.2", "", "akka.tpc://r1reward@10.0.0.1:4053", "begins with akka.tpc")]
    public void A_wrong_address_is_refused_with_its_reason(
        string host, string publicHost, string seed, string expected) =>
        Assert.Contains(
            expected, Assert.Throws<UserErrorException>(() => Read(host, publicHost, seed, "4053")).Message);

    [Theory]
    [InlineData("10.0.0.2", "", "akka.tcp://r1reward@10.0.0.1:4053", "4053")]
    [InlineData("0.0.0.0", "node1", "akka.tcp://r1reward@node1:4053", "4053")]
    [InlineData("127.0.0.1", "", "akka.tcp://r1reward@localhost:4053", "0")]
    public void A_right_address_is_accepted(string host, string publicHost, string seed, string port) =>
        Assert.Equal([seed], Read(host, publicHost, seed, port).Seeds);

    [Fact]
    public void Under_TLS_seeds_begin_with_akka_ssl_tcp()
    {
        const string encrypted = "akka.remote.dot-netty.tcp.enable-ssl=on";
        var message = Assert.Throws<UserErrorException>(
            () => Read("10.0.0.2", "", "akka.tcp://r1reward@10.0.0.1:4053", "4053", encrypted)).Message;

        Assert.Contains("begins with akka.tcp; akka.remote.dot-netty.tcp.enable-ssl makes it akka.ssl.tcp", message);
    }

    [Fact]
    public void A_scheme_that_is_misspelt_is_told_by_what_belongs_there() => Assert.Contains(
        "begins with akka.tpc; without akka.remote.dot-netty.tcp.enable-ssl it is akka.tcp",
        Assert.Throws<UserErrorException>(
            () => Read("10.0.0.2", "", "akka.tpc://r1reward@10.0.0.1:4053", "4053")).Message);

    [Theory]
    [InlineData("seventy", "write off, or a port from 0 to 65535")]
    [InlineData("65536", "write off, or a port from 0 to 65535")]
    [InlineData("4053", "akka.remote.dot-netty.tcp.port is the same")]
    [InlineData("4054", "r1reward.node.bulk.port is the same")]
    public void A_port_for_supervisors_is_off_or_one_of_its_own(string port, string expected) => Assert.Contains(
        $"r1reward.node.http.port = {port}: {expected}",
        Assert.Throws<UserErrorException>(() => Read(
            "127.0.0.1",
            "",
            "akka.tcp://r1reward@10.0.0.1:4053",
            "4053",
            $"r1reward.node.http.port={port}",
            "r1reward.node.bulk.port=4054")).Message);

    [Theory]
    [InlineData("70000")]
    [InlineData("-1")]
    [InlineData("http")]
    public void A_port_is_a_number_below_65536(string port) => Assert.Contains(
        $"akka.remote.dot-netty.tcp.port = {port}: write a whole number from 0 to 65535",
        Assert.Throws<UserErrorException>(
            () => Read("127.0.0.1", "", "akka.tcp://r1reward@10.0.0.1:4053", port)).Message);

    private static NodeSettings Read(string host, string publicHost, string seed, string port, params string[] more)
    {
        string[] set =
        [
            $"akka.remote.dot-netty.tcp.hostname={host}",
            $"akka.remote.dot-netty.tcp.public-hostname={publicHost}",
            $"akka.remote.dot-netty.tcp.port={port}",
            $"akka.cluster.seed-nodes=[{seed}]",
            .. more,
        ];
        var configuration = Configurations.Load(null, set, _ => null);
        var reader = configuration.Reader();
        var settings = NodeSettings.Read(reader, configuration.Config);
        reader.ThrowIfWrong();
        return settings;
    }
}
