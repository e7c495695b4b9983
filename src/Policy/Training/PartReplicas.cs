using R1Reward.Policy.Exchange;
using R1Reward.Policy.Optimization;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>Copies of the parts that another rank holds, by the caller's number of the state.</summary>
/// <param name="optimizers">The optimisers, disposed by the caller.</param>
internal sealed class PartReplicas(IReadOnlyList<AdamW> optimizers) : IDisposable
{
    private readonly Dictionary<int, PartReplica[]> _byVersion = [];

    /// <summary>The copies of a version, one for each optimiser; null for none.</summary>
    internal PartReplica[]? Of(int version) => _byVersion.GetValueOrDefault(version);

    /// <summary>Takes copies, unless every rank holds all or all have theirs; all ranks call it together.</summary>
    internal void Take(int version)
    {
        using var mode = no_grad();
        var ranks = optimizers[0].Ranks;
        var isThere = Of(version) is { } replicas && replicas[0].Cut == PartReplica.CutOf(ranks);
        if (!optimizers[0].IsWhole && ranks.Sum(isThere ? 0 : 1) > 0)
        {
            PartReplica[] taken = [.. optimizers.Select(optimizer => optimizer.Replicate())];
            Forget(version);
            _byVersion[version] = taken;
        }
    }

    /// <summary>Forgets the copies of all other versions.</summary>
    internal void KeepOnly(int version) =>
        _byVersion.Keys.Where(other => other != version).ToList().ForEach(Forget);

    /// <inheritdoc/>
    public void Dispose() => _byVersion.Keys.ToList().ForEach(Forget);

    private void Forget(int version)
    {
        if (_byVersion.Remove(version, out var replicas))
        {
            Array.ForEach(replicas, replica => replica.Dispose());
        }
    }
}
