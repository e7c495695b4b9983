using System.Collections.Concurrent;
using Akka.Actor;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Tests.Engine;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class NodeNewsTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Members_that_come_and_go_and_the_run_are_told_once_each_and_the_node_itself_is_not()
    {
        var lines = new ConcurrentQueue<string>();
        await using var nodes = new Nodes();
        var members = await nodes.ClusterAsync(2, "akka.cluster.roles = [reward]");
        members[0].ActorOf(Props.Create(() => new NodeNews(lines.Enqueue)), "news");
        var other = Nodes.AddressOf(members[1]);
        await SaidAsync($"member {other}: joined, roles reward");

        for (var i = 0; i < 2; i++)
        {
            members[0].EventStream.Publish(new RunJoined("/runs/one"));
        }

        await SaidAsync("run one: this node works for it; its folder is /runs/one");
        await CoordinatedShutdown.Get(members[1]).Run(CoordinatedShutdown.ClusterLeavingReason.Instance);
        await SaidAsync($"member {other}: left");
        Assert.Equal(3, lines.Count);

        async Task SaidAsync(string line)
        {
            using var patience = new CancellationTokenSource(Patience);
            while (!lines.Contains(line))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
            }
        }
    }
}
