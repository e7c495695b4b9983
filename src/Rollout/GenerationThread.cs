using System.Collections.Concurrent;
using R1Reward.Data.Traces;
using static TorchSharp.torch;

namespace R1Reward.Rollout;

/// <summary>
/// The thread that owns a policy and samples from it. Requests for the same weights run together and join while others
/// run; one for other weights waits until those are done, then its weights are loaded. First come, first served, and
/// no more requests at once than were agreed: a further one waits outside, or is turned away.
/// </summary>
/// <typeparam name="TWeights">What names weights.</typeparam>
/// <remarks>
/// Requests come in, traces with token ids and log-probabilities go out, weights come in with the requests: an engine
/// on another machine can stand behind the same <see cref="GenerateAsync"/>.
/// </remarks>
public sealed class GenerationThread<TWeights> : IDisposable
{
    // Pictures that wait for room in the cache are large: further requests are not prepared meanwhile.
    private const long MaxWaitingPatchBytes = 512L << 20;

    private readonly BlockingCollection<GenerationJob<TWeights>> _queue = [];
    private readonly Queue<GenerationJob<TWeights>> _waiting = [];
    private readonly Dictionary<string, GenerationJob<TWeights>> _running = [];
    private readonly SemaphoreSlim _places;
    private readonly IPolicyHolder<TWeights> _policy;
    private readonly Action<int, Exception>? _onFailed;
    private readonly Thread _thread;
    private GenerationEngine? _engine;
    private long _turns;

    /// <summary>Starts the thread; weights are loaded with the first request.</summary>
    /// <param name="name">Shown by debuggers.</param>
    /// <param name="policy">The policy, which the thread takes over and disposes.</param>
    /// <param name="maxRequests">Requests that run, wait for room or wait for their weights at once; 1 or more.</param>
    /// <param name="nativeThreads">Threads of libtorch; 0 takes all processors.</param>
    /// <param name="onFailed">
    /// Called on the thread when a step fails, with the number of requests that fail with it and the reason.
    /// </param>
    public GenerationThread(
        string name,
        IPolicyHolder<TWeights> policy,
        int maxRequests,
        int nativeThreads = 0,
        Action<int, Exception>? onFailed = null)
    {
        _policy = policy;
        _places = new SemaphoreSlim(maxRequests, maxRequests);
        _onFailed = onFailed;
        var threads = nativeThreads > 0 ? nativeThreads : Environment.ProcessorCount;
        _thread = new Thread(() => Work(threads)) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Rises with each turn of the thread: requests that are admitted, a token for those that run.</summary>
    public long Turns => Interlocked.Read(ref _turns);

    /// <summary>
    /// Waits for a place, queues a request and completes when its last sample has finished.
    /// </summary>
    /// <param name="weights">What to sample from.</param>
    /// <param name="prepare">
    /// Makes the request, on the thread, when its turn has come and its weights are loaded; null: there is nothing to
    /// sample.
    /// </param>
    /// <param name="cancel">
    /// Ends the request, before its turn or at the next step; requests that run with it go on.
    /// </param>
    /// <returns>The traces in sample order; empty where there was nothing to sample.</returns>
    /// <exception cref="OperationCanceledException">The request was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The thread has been disposed.</exception>
    public async Task<IReadOnlyList<Trace>> GenerateAsync(
        TWeights weights,
        Func<GenerationEngine, GenerationRequest?> prepare,
        CancellationToken cancel = default)
    {
        await _places.WaitAsync(cancel).ConfigureAwait(false);
        return await QueueAsync(weights, prepare, cancel).ConfigureAwait(false);
    }

    /// <summary>
    /// As <see cref="GenerateAsync"/>, but waits for no place; null: as many requests as were agreed are there.
    /// </summary>
    public Task<IReadOnlyList<Trace>>? TryGenerateAsync(
        TWeights weights,
        Func<GenerationEngine, GenerationRequest?> prepare,
        CancellationToken cancel = default) =>
        _places.Wait(TimeSpan.Zero, CancellationToken.None) ? QueueAsync(weights, prepare, cancel) : null;

    /// <summary>Finishes what has been requested, disposes the policy and ends the thread.</summary>
    public void Dispose()
    {
        if (!_queue.IsAddingCompleted)
        {
            _queue.CompleteAdding();
        }

        _thread.Join();
    }

    // A place is left when nothing of the request is computed any more, not when nobody waits for it.
    private async Task<IReadOnlyList<Trace>> QueueAsync(
        TWeights weights, Func<GenerationEngine, GenerationRequest?> prepare, CancellationToken cancel)
    {
        try
        {
            var job = new GenerationJob<TWeights>(weights, prepare, cancel);
            _queue.Add(job, CancellationToken.None);
            return await job.Result.ConfigureAwait(false);
        }
        finally
        {
            _places.Release();
        }
    }

    private void Work(int threads)
    {
        set_num_threads(threads);
        using (_policy)
        {
            while (Receive())
            {
                Interlocked.Increment(ref _turns);
                DropCancelled();
                Admit();
                if (_running.Count > 0)
                {
                    Step();
                }
            }
        }
    }

    /// <summary>Receives what is queued, waiting only when there is nothing else to do; false at the end.</summary>
    private bool Receive()
    {
        if (_running.Count == 0 && _waiting.Count == 0)
        {
            if (!_queue.TryTake(out var first, Timeout.Infinite))
            {
                return false;
            }

            _waiting.Enqueue(first);
        }

        while (_queue.TryTake(out var next))
        {
            _waiting.Enqueue(next);
        }

        return true;
    }

    /// <summary>Ends generations whose callers have cancelled; the others go on.</summary>
    private void DropCancelled()
    {
        foreach (var (id, job) in _running)
        {
            if (job.Cancel.IsCancellationRequested)
            {
                _engine!.Cancel(id);
                _running.Remove(id);
                job.Fail(new OperationCanceledException(job.Cancel));
            }
        }

        for (var count = _waiting.Count; count > 0; count--)
        {
            var job = _waiting.Dequeue();
            if (job.Cancel.IsCancellationRequested)
            {
                job.Fail(new OperationCanceledException(job.Cancel));
            }
            else
            {
                _waiting.Enqueue(job);
            }
        }
    }

    private void Admit()
    {
        while (_waiting.TryPeek(out var job) && (_engine?.WaitingPatchBytes ?? 0) < MaxWaitingPatchBytes)
        {
            if (_running.Count > 0 && !_policy.Holds(job.Weights))
            {
                return;
            }

            _waiting.Dequeue();
            try
            {
                Begin(job);
            }
            catch (Exception error)
            {
                job.Fail(error);
            }
        }
    }

    private void Begin(GenerationJob<TWeights> job)
    {
        job.Cancel.ThrowIfCancellationRequested();
        if (_engine is null || !_policy.Holds(job.Weights))
        {
            _engine = _policy.Load(job.Weights, job.Cancel);
        }

        if (job.Prepare(_engine) is not { } request)
        {
            job.Complete();
            return;
        }

        if (_running.ContainsKey(request.Id))
        {
            throw new InvalidOperationException($"A request {request.Id} is running already.");
        }

        _engine.Add(request);
        job.Begin(request.Samples);
        _running.Add(request.Id, job);
    }

    private void Step()
    {
        try
        {
            _engine!.Step(Finish);
        }
        catch (Exception error)
        {
            _engine!.Clear();
            _onFailed?.Invoke(_running.Count, error);
            foreach (var job in _running.Values)
            {
                job.Fail(error);
            }

            _running.Clear();
        }
    }

    private void Finish(Trace trace)
    {
        var id = SampleId.Parse(trace.Id);
        var job = _running[id.Request];
        job.Add(id.Number, trace);
        if (job.Missing == 0)
        {
            _running.Remove(id.Request);
            job.Complete();
        }
    }
}
