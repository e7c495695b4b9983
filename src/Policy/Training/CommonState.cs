using R1Reward.Policy.Exchange;
using R1Reward.Policy.Optimization;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// What all ranks of an update must have in common before it: weights and moments of some optimisers, or each its part
/// of them (<see cref="Sharding"/>). A rank that comes new takes them from others; a copy in the host's memory leads
/// back to where they were, when an update cannot be finished because a rank was lost in the middle of it. For one
/// thread.
/// </summary>
/// <param name="optimizers">The optimisers, disposed by the caller.</param>
public sealed class CommonState(IReadOnlyList<AdamW> optimizers) : IDisposable
{
    private readonly long[] _steps = new long[optimizers.Count];
    private readonly RankCut[] _cuts = new RankCut[optimizers.Count];
    private readonly PartReplicas _replicas = new(optimizers);
    private Tensor[] _kept = [];

    // Elements that are sent at a time.
    private const long Piece = 1 << 24;

    /// <summary>Whether there is a copy to go back to, of the parts that this rank still has.</summary>
    public bool CanGoBack => _kept.Length > 0 && optimizers.Zip(_cuts).All(one => one.First.Cut == one.Second);

    /// <summary>Keeps a copy of the state as it is now, in place of the one before.</summary>
    public void Keep()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var (i, flat) in All.Index())
        {
            if (i < _kept.Length && _kept[i].numel() == flat.numel())
            {
                _kept[i].copy_(flat);
                continue;
            }

            if (i == _kept.Length)
            {
                Array.Resize(ref _kept, i + 1);
            }

            _kept[i]?.Dispose();
            _kept[i] = flat.to(CPU, copy: true).DetachFromDisposeScope();
        }

        foreach (var (i, optimizer) in optimizers.Index())
        {
            (_steps[i], _cuts[i]) = (optimizer.StepCount, optimizer.Cut);
        }
    }

    /// <summary>Goes back to the copy; gradients summed since are forgotten.</summary>
    public void GoBack()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var (flat, kept) in All.Zip(_kept))
        {
            flat.copy_(kept);
        }

        Resume(_steps);
    }

    /// <summary>
    /// Keeps a copy of the part of the rank before this one, so that it is not lost with that rank; nothing where
    /// every rank holds all, or all have that copy. All ranks call it together. The copy of another version stays until
    /// all agree on one.
    /// </summary>
    /// <param name="version">The caller's number of the state.</param>
    /// <exception cref="RankLostException">Another rank is gone.</exception>
    public void Replicate(int version) => _replicas.Take(version);

    /// <summary>
    /// Every rank takes over what it has to hold from those that have it; nothing is sent where all have it already.
    /// </summary>
    /// <param name="source">One that has the state, or its part of it.</param>
    /// <param name="isCurrent">Whether this rank has it.</param>
    /// <param name="version">The caller's number of the state, for copies of parts that were lost with a rank.</param>
    /// <returns>
    /// Whether the ranks that have it hold all of it together; if not, part of it was lost with another rank, and
    /// nothing has changed.
    /// </returns>
    /// <exception cref="RankLostException">A rank is gone; this one's state may be of no use any more.</exception>
    public bool TakeFrom(int source, bool isCurrent, int version = 0)
    {
        using var mode = no_grad();
        var replicas = _replicas.Of(version);
        var held = optimizers.Select((optimizer, i) => Held(optimizer, isCurrent, replicas?[i])).ToList();
        if (!optimizers.Zip(held).All(one => one.First.IsCoveredBy(one.Second)))
        {
            return false;
        }

        foreach (var (i, optimizer) in optimizers.Index())
        {
            var ranks = optimizer.Ranks;
            var steps = (long)ranks.Gather([optimizer.StepCount])[source][0];
            if (!isCurrent)
            {
                optimizer.ZeroGradients();
            }

            var isReady = isCurrent && optimizer.Cut == optimizer.DueCut && optimizer.HasAllWeights;
            if (ranks.Sum(isReady ? 0 : 1) == 0)
            {
                continue;
            }

            if (optimizer.IsWhole && optimizer.DueCut == RankCut.Whole)
            {
                TakeWhole(optimizer, source, isCurrent);
                optimizer.Resume(steps);
            }
            else
            {
                optimizer.TakeParts(held[i], steps, replicas?[i]);
            }
        }

        // All are at this version, so that none goes back to another one.
        _replicas.KeepOnly(version);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(_kept, kept => kept.Dispose());
        _replicas.Dispose();
    }

    // What ranks hold themselves comes before copies.
    private static List<HeldPart> Held(AdamW optimizer, bool isCurrent, PartReplica? replica)
    {
        var (part, parts) = optimizer.Cut;
        var copy = replica?.Cut ?? default;
        var all = optimizer.Ranks.Gather([isCurrent ? 1 : 0, part, parts, copy.Part, copy.Parts]);
        return
        [
            .. all.Index().Where(one => one.Item[0] == 1).Select(one => Part(one, 1)),
            .. all.Index().Where(one => one.Item[4] > 0).Select(one => Part(one, 3) with { IsReplica = true }),
        ];

        static HeldPart Part((int Rank, double[] Numbers) one, int start) =>
            new(one.Rank, new RankCut((int)one.Numbers[start], (int)one.Numbers[start + 1]));
    }

    // Whoever has the state keeps it as it is: another rank may be lost in the middle.
    private static void TakeWhole(AdamW optimizer, int source, bool isCurrent)
    {
        foreach (var flat in optimizer.FlatState)
        {
            for (var start = 0L; start < flat.numel(); start += Piece)
            {
                using var scope = NewDisposeScope();
                var own = flat.narrow(0, start, Math.Min(Piece, flat.numel() - start));
                var sent = !isCurrent ? own.zero_() : optimizer.Ranks.Rank == source ? own.clone() : zeros_like(own);
                optimizer.Ranks.AllReduce(sent);
            }
        }
    }

    private IEnumerable<Tensor> All => optimizers.SelectMany(optimizer => optimizer.FlatState);

    private void Resume(long[] steps)
    {
        foreach (var (optimizer, step) in optimizers.Zip(steps))
        {
            optimizer.ZeroGradients();
            optimizer.Resume(step);
        }
    }
}
