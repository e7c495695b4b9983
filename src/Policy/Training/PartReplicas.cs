using R1Reward.Policy.Exchange;
using R1Reward.Policy.Optimization;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// Copies of parts that are not lost with the rank which holds them, by the caller's number of the state.
/// </summary>
/// <param name="optimizers">The optimisers, disposed by the caller.</param>
internal sealed class PartReplicas(IReadOnlyList<AdamW> optimizers) : IDisposable
{
    // Of each version some copies, of which each has a part of every optimiser.
    private readonly Dictionary<int, List<PartReplica[]>> _byVersion = [];

    /// <summary>The copies of a version for one of the optimisers.</summary>
    internal IReadOnlyList<PartReplica> Of(int version, int optimizer) =>
        [.. _byVersion.GetValueOrDefault(version, []).Select(copy => copy[optimizer])];

    /// <summary>Takes copies, unless every rank holds all or all have theirs; all ranks call it together.</summary>
    internal void Take(int version)
    {
        using var mode = no_grad();
        var ranks = optimizers[0].Ranks;
        var isThere = Of(version, 0) is [var only] && only.Cut == PartReplica.CutOf(ranks);
        if (optimizers[0].IsWhole || ranks.Sum(isThere ? 0 : 1) == 0)
        {
            return;
        }

        Add(version, [.. optimizers.Select(optimizer => optimizer.Replicate())]);

        // A rank may be lost before all have theirs: until then none does without what it had.
        _ = ranks.Gather([]);
        foreach (var copy in _byVersion[version].SkipLast(1).ToList())
        {
            Forget(version, copy);
        }
    }

    /// <summary>
    /// Keeps what this rank holds of a version of which it has copies, until all ranks have new ones: those that it has
    /// fit the parts of now.
    /// </summary>
    internal void KeepOwn(int version)
    {
        if (_byVersion.ContainsKey(version))
        {
            Add(version, [.. optimizers.Select(optimizer => optimizer.KeepPart())]);
        }
    }

    /// <summary>Forgets the copies of all other versions.</summary>
    internal void KeepOnly(int version) =>
        _byVersion.Keys.Where(other => other != version).ToList().ForEach(Forget);

    /// <inheritdoc/>
    public void Dispose() => _byVersion.Keys.ToList().ForEach(Forget);

    private void Add(int version, PartReplica[] copy)
    {
        _byVersion.TryAdd(version, []);
        _byVersion[version].Add(copy);
    }

    private void Forget(int version)
    {
        foreach (var copy in _byVersion[version].ToList())
        {
            Forget(version, copy);
        }

        _byVersion.Remove(version);
    }

    private void Forget(int version, PartReplica[] copy)
    {
        _byVersion[version].Remove(copy);
        Array.ForEach(copy, replica => replica.Dispose());
    }
}
