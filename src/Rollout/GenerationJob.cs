using R1Reward.Data.Traces;

namespace R1Reward.Rollout;

/// <summary>One request on its way through a <see cref="GenerationThread{TWeights}"/>.</summary>
internal sealed record GenerationJob<TWeights>(
    TWeights Weights,
    Func<GenerationEngine, GenerationRequest?> Prepare,
    CancellationToken Cancel)
{
    private readonly SortedList<int, Trace> _traces = [];

    private readonly TaskCompletionSource<IReadOnlyList<Trace>> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<IReadOnlyList<Trace>> Result => _result.Task;

    /// <summary>Number of traces that are still to come; the job is complete at 0.</summary>
    public int Missing { get; private set; }

    public void Begin(int samples) => Missing = samples;

    public void Add(int sample, Trace trace)
    {
        _traces.Add(sample, trace);
        Missing--;
    }

    public void Complete() => _result.TrySetResult([.. _traces.Values]);

    public void Fail(Exception error) => _result.TrySetException(error);
}
