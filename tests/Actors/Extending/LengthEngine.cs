using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Tests.Extending;

/// <summary>
/// A judge that finds an analysis consistent if it is long enough: the engine of a role, without a model.
/// </summary>
/// <param name="characters">The shortest reply that it calls consistent.</param>
internal sealed class LengthEngine(int characters) : IWorkEngine
{
    private long _judged;

    /// <inheritdoc/>
    public int Capacity => 16;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _judged);

    /// <inheritdoc/>
    public Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        Interlocked.Increment(ref _judged);
        var reply = ((JudgeWork)item.Payload).Reply;
        var verdict = reply.Length >= characters ? ConsistencyVerdict.Consistent : ConsistencyVerdict.Inconsistent;
        return Task.FromResult<WorkResult>(new JudgeResult(verdict, null));
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
