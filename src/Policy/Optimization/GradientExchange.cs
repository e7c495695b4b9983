using System.Collections.Concurrent;
using System.Diagnostics;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Tensors;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// The sums over all ranks of one step's gradients, bucket by bucket in an order that is the same on all of them.
/// During the last micro-batch a thread of its own exchanges each bucket once its layers are complete, while the
/// backward pass goes on; what remains is exchanged in <see cref="Finish"/>, all of it on a rank without micro-batch.
/// From the begin of the last micro-batch until then nothing else may use the ranks. Gradients of which a rank keeps
/// its part alone are exchanged in every micro-batch, layer by layer, by <see cref="LayerScatter"/>; where weights are
/// brought in as well, a rank that has fewer micro-batches than others takes part in theirs, too.
/// </summary>
/// <param name="optimizer">Has the gradients.</param>
/// <param name="buckets">What is exchanged, in this order; nothing where there is one rank.</param>
/// <param name="microBatches">How many micro-batches this rank has.</param>
/// <param name="rounds">In how many micro-batches something is exchanged: the most that any rank has, or 1.</param>
internal sealed class GradientExchange(
    AdamW optimizer, IReadOnlyList<GradientBucket> buckets, int microBatches, int rounds) : IDisposable
{
    private readonly BlockingCollection<GradientBucket> _ready = [];
    private Task? _thread;
    private int _left = microBatches;
    private int _rounds = rounds;
    private readonly LayerScatter _scatter = new(optimizer.Queue);
    private readonly TimeSpan _waitedBefore = optimizer.Queue.Waited;
    private int _next;
    private IDisposable? _others;

    /// <summary>Begins one of this rank's micro-batches.</summary>
    /// <returns>
    /// What has to be told the number of a layer of the decoder once it and all after it are complete; null where
    /// nobody waits for that. It throws a <see cref="RankLostException"/> once an exchange has failed.
    /// </returns>
    internal Action<int>? BeginMicroBatch()
    {
        _others = optimizer.Parts?.UseOthers();
        var isLast = --_left == 0 && optimizer.Options.Overlaps && buckets.Count > 0;
        return optimizer.IsScattered || isLast ? Complete : null;
    }

    /// <summary>Ends a micro-batch; the last one's gradients are added up bucket by bucket.</summary>
    internal void EndMicroBatch()
    {
        if (optimizer.IsScattered)
        {
            EndRound();
            _others?.Dispose();
        }
        else if (_left > 0 || buckets.Count == 0)
        {
            optimizer.Accumulate();
        }
    }

    /// <summary>Waits until all buckets have their sums over all ranks.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="RankLostException">Another rank is gone; the weights are unchanged.</exception>
    internal TimeSpan Finish()
    {
        var (start, waited) = (Stopwatch.GetTimestamp(), optimizer.Queue.Waited - _waitedBefore);
        if (optimizer.IsScattered)
        {
            // Other ranks have more micro-batches than this one.
            while (_rounds > 0)
            {
                Accompany();
            }
        }
        else if (buckets.Count > 0)
        {
            Complete(-1);
            _ready.CompleteAdding();
            _thread!.GetAwaiter().GetResult();
        }

        return waited + Stopwatch.GetElapsedTime(start);
    }

    /// <summary>Ends the thread, where something else failed, after the bucket that is under way.</summary>
    public void Dispose()
    {
        _others?.Dispose();
        _scatter.Dispose();
        _ready.CompleteAdding();
        while (_ready.TryTake(out _))
        {
            // Is not exchanged any more.
        }

        ((IAsyncResult?)_thread)?.AsyncWaitHandle.WaitOne();
        _ready.Dispose();
    }

    private void Accompany()
    {
        if (optimizer.Parts is not { } parts)
        {
            EndRound();
            return;
        }

        using var others = parts.UseOthers();
        parts.AccompanyLayers();
        Complete(parts.Layers);
        for (var layer = parts.Layers - 1; layer >= 0; layer--)
        {
            using var weights = parts.Use(layer, backwards: true);
            Complete(layer);
        }

        EndRound();
    }

    private void EndRound()
    {
        Complete(-1);
        _scatter.Await();
        _next = 0;
        _rounds--;
    }

    private void Complete(int layer)
    {
        if (optimizer.IsScattered)
        {
            Scatter(layer);
            return;
        }

        _thread ??= Task.Factory.StartNew(
            Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (_thread.IsFaulted)
        {
            _thread.GetAwaiter().GetResult();
        }

        for (; _next < buckets.Count && buckets[_next].Layer >= layer; _next++)
        {
            _ready.Add(buckets[_next]);
        }
    }

    private void Scatter(int layer)
    {
        _scatter.Await();
        if (_next == 0 || layer <= 0)
        {
            // What is largest comes now: gradients of layers, or of the embedding. Between blocks of other sizes that
            // are free it would find no place.
            HostMemory.GiveBackUnused(optimizer.Device);
        }

        var begun = new List<BucketScatter>();
        for (; _next < buckets.Count && buckets[_next].Layer >= layer; _next++)
        {
            var scatter = optimizer.BeginScatter(buckets[_next]);
            if (layer >= 0 && optimizer.Options.Overlaps)
            {
                begun.Add(scatter);
            }
            else
            {
                // Nothing is computed meanwhile: one at a time takes less memory.
                using (scatter)
                {
                    optimizer.Queue.Await(optimizer.Queue.Add(scatter.Exchange));
                }
            }
        }

        _scatter.Begin(begun);
    }

    private void Run()
    {
        foreach (var bucket in _ready.GetConsumingEnumerable())
        {
            optimizer.Combine(bucket);
        }
    }
}
