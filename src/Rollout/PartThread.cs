using System.Diagnostics;
using R1Reward.Data.Traces;
using R1Reward.Policy.Devices;

namespace R1Reward.Rollout;

/// <summary>
/// A part of an engine and the thread on which it steps. All members are for the engine's thread, which has the part
/// for itself between its steps; what comes meanwhile waits here.
/// </summary>
/// <param name="part">The part.</param>
/// <param name="thread">Its thread; null where it only steps on the engine's.</param>
internal sealed class PartThread(EnginePart part, TorchThread? thread) : IDisposable
{
    // Steps of very small models are made several at a time: to hand over what one has made wakes two threads.
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(5);

    private readonly List<SequenceGroup> _added = [];
    private Task? _step;
    private int _load;
    private long _waitingPatchBytes;
    private long _cacheBytes;

    /// <summary>The step that has been begun and not been ended; null for none.</summary>
    public Task? Step => _step;

    /// <summary>Whether anything runs or waits, or has not been handed over.</summary>
    public bool HasWork => _step is not null || _added.Count > 0 || part.HasWork || part.HasNews;

    /// <summary>Number of sequences that run or wait, when the last step ended and with what came since.</summary>
    public int Load => _load + _added.Sum(group => group.Sequences.Count);

    /// <summary>Bytes of the pictures and videos of what waits.</summary>
    public long WaitingPatchBytes => _waitingPatchBytes + _added.Sum(group => group.PatchBytes);

    /// <summary>Bytes allocated for keys and values when the last step ended.</summary>
    public long CacheBytes => _cacheBytes;

    /// <summary>Keeps a group for the part, which takes it in before its next step.</summary>
    public void Add(SequenceGroup group) => _added.Add(group);

    /// <summary>Begins a step on the part's own thread, or as many as fit some milliseconds and give no news.</summary>
    public void Begin()
    {
        TakeIn();
        _step = thread!.Run(StepOn);
    }

    /// <summary>Makes a step on the thread of the caller.</summary>
    /// <exception cref="Data.UserErrorException">There is no memory for the KV cache.</exception>
    public void StepHere()
    {
        TakeIn();
        part.Step();
        LookAt();
    }

    /// <summary>Waits for the step that was begun and ends it.</summary>
    /// <exception cref="Data.UserErrorException">There was no memory for the KV cache.</exception>
    public void End()
    {
        var step = _step;
        _step = null;
        step?.GetAwaiter().GetResult();
        LookAt();
    }

    /// <summary>Hands over what has been made, as the part does.</summary>
    public void HandOver(PolicyVersion version, Action<Data.Traces.Trace> onFinished) =>
        part.HandOver(version, onFinished);

    /// <summary>Drops a request after the step that has been begun, whose failure is seen when it is ended.</summary>
    public void Cancel(string request)
    {
        Await();
        TakeIn();
        part.Cancel(request);
        LookAt();
        if (_step is { IsCompletedSuccessfully: true })
        {
            _step = null;
        }
    }

    /// <summary>Drops everything, and the failure of a step.</summary>
    public void Clear()
    {
        Await();
        _step = null;
        _added.Clear();
        part.Clear();
        LookAt();
    }

    /// <summary>Forgets what was computed of prompts before the weights changed; no step may have been begun.</summary>
    public void ForgetPrompts() => part.ForgetPrompts();

    /// <inheritdoc/>
    public void Dispose()
    {
        thread?.Dispose();
        part.Dispose();
    }

    private void StepOn()
    {
        var start = Stopwatch.GetTimestamp();
        do
        {
            part.Step();
        }
        while (part.HasWork && !part.HasNews && Stopwatch.GetElapsedTime(start) < Turn);
    }

    private void Await() => ((IAsyncResult?)_step)?.AsyncWaitHandle.WaitOne();

    private void TakeIn()
    {
        foreach (var group in _added)
        {
            part.Add(group);
        }

        _added.Clear();
    }

    private void LookAt()
    {
        _load = part.Load;
        _waitingPatchBytes = part.WaitingPatchBytes;
        _cacheBytes = part.CacheBytes;
    }
}
