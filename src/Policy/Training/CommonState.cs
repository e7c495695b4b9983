using R1Reward.Policy.Exchange;
using R1Reward.Policy.Optimization;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>
/// What all ranks of an update must have in common before it: weights and moments of some optimisers. A rank that
/// comes new takes them from another; a copy in the host's memory leads back to where they were, when an update cannot
/// be finished because a rank was lost in the middle of it. For one thread.
/// </summary>
/// <param name="optimizers">The optimisers, disposed by the caller.</param>
public sealed class CommonState(IReadOnlyList<AdamW> optimizers) : IDisposable
{
    private readonly long[] _steps = new long[optimizers.Count];
    private Tensor[] _kept = [];

    /// <summary>Keeps a copy of the state as it is now, in place of the one before.</summary>
    public void Keep()
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        foreach (var (i, flat) in All.Index())
        {
            if (i < _kept.Length)
            {
                _kept[i].copy_(flat);
            }
            else
            {
                _kept = [.. _kept, flat.to(CPU, copy: true).DetachFromDisposeScope()];
            }
        }

        foreach (var (i, optimizer) in optimizers.Index())
        {
            _steps[i] = optimizer.StepCount;
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

    /// <summary>Every rank takes over the state of one of them.</summary>
    /// <param name="source">The rank that has it.</param>
    /// <param name="ranks">The ranks, all of which call this.</param>
    /// <exception cref="RankLostException">A rank is gone; this one's state is of no use any more.</exception>
    public void TakeFrom(int source, ICollective ranks)
    {
        using var mode = no_grad();
        foreach (var flat in All)
        {
            if (ranks.Rank != source)
            {
                flat.zero_();
            }

            ranks.AllReduce(flat);
        }

        var steps = ranks.Gather([.. optimizers.Select(optimizer => (double)optimizer.StepCount)])[source];
        Resume([.. steps.Select(step => (long)step)]);
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(_kept, kept => kept.Dispose());

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
