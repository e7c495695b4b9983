using Akka.Actor;
using Akka.Cluster;

namespace R1Reward.Actors.Tests.Engine;

/// <summary>Which nodes outlive which under the rules that docs/cluster.md gives for each layout.</summary>
public sealed class DowningTests : IAsyncDisposable
{
    private const string OneCoordinator =
        "active-strategy = static-quorum, static-quorum { quorum-size = 1, role = coordinator }";

    private const string AmongCoordinators = "keep-majority.role = coordinator";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Nodes _nodes = new();

    public ValueTask DisposeAsync() => _nodes.DisposeAsync();

    [Theory]
    [InlineData(OneCoordinator)]
    [InlineData(AmongCoordinators)]
    public async Task The_only_coordinator_outlives_all_others_at_once(string rule)
    {
        var (coordinator, workers) = await ThreeAsync(rule);

        await Task.WhenAll(workers.Select(worker => worker.Terminate()));

        await AloneAsync(coordinator);
    }

    [Theory]
    [InlineData(OneCoordinator)]
    [InlineData(AmongCoordinators)]
    public async Task Nobody_outlives_the_only_coordinator(string rule)
    {
        var (coordinator, workers) = await ThreeAsync(rule);

        await coordinator.Terminate();

        await Task.WhenAll(workers.Select(worker => worker.WhenTerminated)).WaitAsync(Patience);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_two_nodes_only_the_one_with_the_lower_address_outlives_the_other(bool isLowerLost)
    {
        var members = (await _nodes.ClusterAsync(2, Nodes.Crashing))
            .OrderBy(Nodes.AddressOf, Member.AddressOrdering)
            .ToList();
        var (lost, left) = isLowerLost ? (members[0], members[1]) : (members[1], members[0]);

        await lost.Terminate();

        await (isLowerLost ? left.WhenTerminated.WaitAsync(Patience) : AloneAsync(left));
    }

    [Fact]
    public async Task Of_three_nodes_two_outlive_the_third()
    {
        var members = await _nodes.ClusterAsync(3, Nodes.Crashing);

        await members[0].Terminate();

        await UntilAsync(() => Cluster.Get(members[1]).State.Members.Count == 2);
        Assert.False(members[1].WhenTerminated.IsCompleted || members[2].WhenTerminated.IsCompleted);
    }

    [Fact]
    public async Task Of_three_nodes_none_outlives_two_at_once()
    {
        var members = await _nodes.ClusterAsync(3, Nodes.Crashing);

        await Task.WhenAll(members[0].Terminate(), members[1].Terminate());

        await members[2].WhenTerminated.WaitAsync(Patience);
    }

    private async Task<(ActorSystem Coordinator, ActorSystem[] Workers)> ThreeAsync(string rule)
    {
        var shared = $"{Nodes.Crashing}\nakka.cluster.split-brain-resolver {{ {rule} }}\n";
        var coordinator = _nodes.Create(shared + "akka.cluster.roles = [coordinator]");
        ActorSystem[] workers = [_nodes.Create(shared), _nodes.Create(shared)];
        foreach (var node in (ActorSystem[])[coordinator, .. workers])
        {
            await Cluster.Get(node).JoinAsync(Nodes.AddressOf(coordinator)).WaitAsync(Patience);
        }

        return (coordinator, workers);
    }

    private static async Task AloneAsync(ActorSystem system)
    {
        await UntilAsync(() => Cluster.Get(system).State.Members.Count == 1);
        Assert.False(system.WhenTerminated.IsCompleted);
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!isSo())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }
}
