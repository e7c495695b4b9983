using Akka.Configuration;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Hosting;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class NodeBuildTests
{
    private static readonly NodeBuild Own = Of();

    [Fact]
    public void What_is_written_is_read_back_and_equal_builds_have_no_fault()
    {
        Assert.Equal(Own, NodeBuild.Parse($"{Own}"));
        Assert.Null(Own.Fault(NodeBuild.Parse($"{Own}"), "here", "there"));
        Assert.Matches(@"^\d+\.\d+\.\d+-w\w{8}-s\w{8}-m\w{8}-d\w{8}-fabc$", $"{Own}");
    }

    [Theory]
    [InlineData("0.0.9")]
    [InlineData("0.0.9-rc1")]
    public void A_program_that_shows_only_a_version_is_told_apart_by_it(string version) => Assert.Equal(
        $"here is release {Own.Release}, there is {version}; install the same on all nodes",
        Own.Fault(NodeBuild.Parse(version), "here", "there"));

    [Fact]
    public void Other_messages_of_the_same_release_are_told() => Assert.Contains(
        "with other messages", Own.Fault(Own with { Wire = "00000000" }, "here", "there"));

    [Theory]
    [InlineData("akka.actor.serializers.hyperion = \"A, B\"", "akka.actor.serializers")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 9MiB", "akka.remote.dot-netty.tcp.maximum-frame-size")]
    [InlineData("akka.cluster.split-brain-resolver.stable-after = 9 s", "akka.cluster.split-brain-resolver")]
    [InlineData("akka.cluster.min-nr-of-members = 9", "akka.cluster.min-nr-of-members")]
    public void A_setting_that_all_nodes_share_is_named_where_it_differs(string setting, string key)
    {
        var fault = Own.Fault(Of(setting), "here", "there");

        Assert.Contains(key, fault);
        Assert.EndsWith("not the same at here and there; write the same on all nodes", fault);
    }

    [Fact]
    public void A_setting_of_one_node_alone_is_no_fault() => Assert.Null(Own.Fault(
        Of("akka.remote.dot-netty.tcp.port = 9, r1reward.node.rollout-workers = 2"), "here", "there"));

    [Fact]
    public void Other_storage_is_a_fault_only_between_nodes_that_need_it()
    {
        Assert.Contains("r1reward.run.folder", Own.Fault(Own with { Folder = "other" }, "here", "there"));
        Assert.Null(Own.Fault(Own with { Folder = "" }, "here", "there"));
    }

    private static NodeBuild Of(string setting = "") => NodeBuild.Of(
        ConfigurationFactory.ParseString(setting).WithFallback(Configurations.Reference), "abc");
}
