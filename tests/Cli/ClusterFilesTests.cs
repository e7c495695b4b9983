using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests;

/// <summary>The files in hocon/cluster/ are one cluster.</summary>
public sealed class ClusterFilesTests
{
    private static readonly string Folder = Path.Combine(Fixtures.Repository, "hocon", "cluster");

    private static string Unit => File.ReadAllText(Path.Combine(Folder, "r1reward-node@.service"));

    [Fact]
    public void Two_hosts_can_coordinate_both_are_seeds_and_one_founds()
    {
        var nodes = Directory.GetFiles(Folder, "host-*.conf").Order(StringComparer.Ordinal).Select(Read).ToList();

        var coordinators = nodes.Where(node => node.Roles.Contains(NodeRole.Coordinator)).ToList();
        Assert.Equal(2, coordinators.Count);
        Assert.Equal(coordinators.Select(AddressOf), nodes[0].Seeds);
        Assert.Equal(nodes[0].Seeds[0], AddressOf(Assert.Single(nodes, node => node.Founds)));
        Assert.All(nodes, node => Assert.Equal(
            (nodes.Count / 2) + 1, node.Config.GetInt("akka.cluster.min-nr-of-members")));
        Assert.Equal(
            [NodeRole.Rollout, NodeRole.Reward, NodeRole.Judge, NodeRole.Learner, NodeRole.Sft],
            Enum.GetValues<NodeRole>().Intersect(nodes.SelectMany(node => node.Roles)).Except([NodeRole.Coordinator]));
    }

    [Fact]
    public void All_nodes_and_the_run_fit_together()
    {
        var builds = Directory.GetFiles(Folder, "*.conf").Select(file => NodeBuild.Of(Read(file).Config, "")).ToList();

        Assert.All(builds, build => Assert.Null(build.Fault(builds[0], "here", "there")));
        Assert.All(Directory.GetFiles(Folder, "*.conf"), file => Assert.Equal("/shared/runs", Read(file).RunsFolder));
    }

    [Fact]
    public void The_unit_starts_a_node_and_rests_only_after_a_mistake_and_an_orderly_end()
    {
        Assert.Equal("on-failure", ValueOf("Restart"));
        Assert.Equal($"{ExitCode.UserError}", ValueOf("RestartPreventExitStatus"));
        Assert.Equal(0, ExitCode.Done);
        Assert.Equal("0", ValueOf("StartLimitIntervalSec"));

        var start = ValueOf("ExecStart").Replace("/etc/r1reward/%i.conf", Path.Combine(Folder, "host-a.conf"));
        var words = start.Split(' ');
        Assert.EndsWith("/r1", words[0]);
        Assert.Empty(Entry.Root().Parse(words[1..]).Errors);
    }

    private static string ValueOf(string key) => Assert.Single(
        Unit.Split('\n'), line => line.StartsWith(key + "=", StringComparison.Ordinal))[(key.Length + 1)..];

    private static string AddressOf(NodeSettings node) =>
        $"akka.tcp://{NodeSettings.SystemName}@{node.Config.GetString("akka.remote.dot-netty.tcp.hostname")}:"
        + node.Config.GetString("akka.remote.dot-netty.tcp.port");

    // The key that the files leave to the machines is any variable here.
    private static NodeSettings Read(string file)
    {
        var configuration = Configurations.Load(file, ["r1reward.node.bulk.key-env=PATH"], _ => null);
        var reader = configuration.Reader();
        var node = NodeSettings.Read(reader, configuration.Config);
        reader.ThrowIfWrong();
        return node;
    }
}
