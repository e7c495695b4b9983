using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers;

/// <summary>
/// Engines of one kind, each with a hub of its own as on a node of its own, which do items together without a cluster.
/// </summary>
internal sealed class RankBench : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly List<(BulkHub Hub, IWorkEngine Engine, CancellationTokenSource Leaving)> _nodes = [];

    /// <summary>Adds a node.</summary>
    /// <returns>Its number.</returns>
    public Task<int> AddAsync(Func<BulkHub, IWorkEngine> build) => AddAsync((_, hub) => build(hub));

    /// <summary>Adds a node whose engine knows its number.</summary>
    /// <returns>Its number.</returns>
    public async Task<int> AddAsync(Func<int, BulkHub, IWorkEngine> build)
    {
        var number = _nodes.Count;
        var hub = await BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, "", _folder.At($"cache-{number}")));
        hub.Node = NodeOf(number);
        _nodes.Add((hub, build(number, hub), new CancellationTokenSource()));
        return number;
    }

    /// <summary>Adds a further worker to a node that is there, in its process.</summary>
    /// <returns>The worker's number, by which it is one of the nodes.</returns>
    public int AddBeside(int node, Func<int, BulkHub, IWorkEngine> build)
    {
        var hub = HubOf(node);
        _nodes.Add((hub, build(_nodes.Count, hub), new CancellationTokenSource()));
        return _nodes.Count - 1;
    }

    /// <summary>The hub of a node.</summary>
    public BulkHub HubOf(int node) => _nodes[node].Hub;

    /// <summary>The name of a node's worker.</summary>
    public static string WorkerOf(int node) => $"worker-{node}";

    /// <summary>Asks what a node does to stop, as when it leaves.</summary>
    public void Leave(int node) => _nodes[node].Leaving.Cancel();

    /// <summary>Takes a node out of the cluster, as all others see it.</summary>
    public void Remove(int node)
    {
        foreach (var (other, (hub, _, _)) in _nodes.Index())
        {
            if (other != node)
            {
                hub.NodeRemoved(NodeOf(node));
            }
        }
    }

    /// <summary>Has nodes do an item together.</summary>
    /// <param name="key">The hand-out.</param>
    /// <param name="work">The item.</param>
    /// <param name="progress">Takes what is reported.</param>
    /// <param name="nodes">The nodes, by rank; a single one does it alone.</param>
    /// <returns>
    /// What each hands in, by rank; null where it hands in nothing, because its share is done or it has died.
    /// </returns>
    public Task<WorkResult?[]> DoAsync(
        WorkKey key, SharedWork work, Action<int, IReadOnlyDictionary<string, double>> progress, params int[] nodes)
    {
        RankMember[] members =
            [.. nodes.Select(node => new RankMember(WorkerOf(node), HubOf(node).Address, HubOf(node).Node))];
        return Task.WhenAll(nodes.Select(async (node, rank) =>
        {
            var seat = nodes.Length > 1 ? new RankSeat(rank, members) : null;
            try
            {
                return await _nodes[node].Engine.DoAsync(
                    new Assignment(key, work with { Seat = seat }), progress, _nodes[node].Leaving.Token);
            }
            catch (Exception ended) when (ended is OperationCanceledException or Death or IOException)
            {
                return null;
            }
        }));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(async node =>
        {
            await node.Engine.DisposeAsync();
            await node.Hub.DisposeAsync();
            node.Leaving.Dispose();
        }));
        _folder.Dispose();
    }

    private static string NodeOf(int number) => $"node-{number}";

    /// <summary>Ends whatever a rank does, as the end of its process would.</summary>
    public sealed class Death : Exception;
}
