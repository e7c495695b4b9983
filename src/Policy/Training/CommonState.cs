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
    /// <param name="onTaken">Called once this rank has it; null: not.</param>
    /// <returns>
    /// Whether the ranks that have it hold all of it together; if not, part of it was lost with another rank, and
    /// nothing has changed.
    /// </returns>
    /// <exception cref="RankLostException">A rank is gone; this one's state may be of no use any more.</exception>
    public bool TakeFrom(int source, bool isCurrent, int version = 0, Action? onTaken = null)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var copies = optimizers.Select((_, i) => _replicas.Of(version, i)).ToList();
        var held = optimizers.Select((optimizer, i) => Held(optimizer, isCurrent, copies[i])).ToList();
        if (!optimizers.Zip(held).All(one => one.First.IsCoveredBy(one.Second)))
        {
            return false;
        }

        var parts = new List<(AdamW Optimizer, IReadOnlyList<IReadOnlyList<Tensor>> Part, long Steps)>();
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
                parts.Add((optimizer, optimizer.FetchPart(held[i], copies[i]), steps));
            }
        }

        if (isCurrent && parts.Count > 0)
        {
            _replicas.KeepOwn(version);
        }

        Adopt(parts, isCurrent, onTaken);
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

    // Whoever has a part gives it up once all that had none have theirs: a rank may be lost at any moment.
    private void Adopt(
        List<(AdamW Optimizer, IReadOnlyList<IReadOnlyList<Tensor>> Part, long Steps)> parts,
        bool isCurrent,
        Action? onTaken)
    {
        if (isCurrent && parts.Count > 0)
        {
            _ = optimizers[0].Ranks.Gather([]);
        }

        parts.ForEach(one => one.Optimizer.Adopt(one.Part, one.Steps));
        onTaken?.Invoke();
        if (!isCurrent && parts.Count > 0)
        {
            _ = optimizers[0].Ranks.Gather([]);
        }

        parts.ForEach(one => one.Optimizer.ShareWeights());
    }

    // What ranks hold themselves comes before copies.
    private static List<HeldPart> Held(AdamW optimizer, bool isCurrent, IReadOnlyList<PartReplica> copies)
    {
        var most = (int)optimizer.Ranks.Gather([copies.Count]).Max(own => own[0]);
        var cuts = copies.Select(copy => copy.Cut).Prepend(isCurrent ? optimizer.Cut : default).ToList();
        cuts.AddRange(new RankCut[most - copies.Count]);
        var all = optimizer.Ranks.Gather([.. cuts.SelectMany(cut => new double[] { cut.Part, cut.Parts })]);
        return
        [
            .. Enumerable.Range(0, most + 1).SelectMany(place => all.Index()
                .Select(one => (one.Index, Cut: new RankCut((int)one.Item[2 * place], (int)one.Item[(2 * place) + 1])))
                .Where(one => one.Cut.Parts > 0)
                .Select(one => new HeldPart(one.Index, one.Cut, place == 0 ? null : place - 1))),
        ];
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
