using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Workers;

/// <summary>What a worker has in hand: items that its engine works on, and results that wait to be accepted.</summary>
internal sealed class WorkInHand
{
    // By item, with its newest hand-out: an item that is given out again to the worker that still works on it is not
    // begun twice, and its result counts under the newest hand-out.
    private readonly Dictionary<WorkId, WorkKey> _held = [];
    private readonly Dictionary<WorkKey, WorkResult> _results = [];

    /// <summary>Items that the engine works on.</summary>
    public IReadOnlyCollection<WorkKey> Held => _held.Values;

    /// <summary>Results that the coordinator has not accepted yet.</summary>
    public IReadOnlyDictionary<WorkKey, WorkResult> Results => _results;

    /// <summary>
    /// Notes a hand-out; true when the engine is to begin with it, false when it is under way or done.
    /// </summary>
    public bool TryBegin(WorkKey key)
    {
        if (_results.ContainsKey(key))
        {
            return false;
        }

        var isNew = !_held.ContainsKey(key.Id);
        _held[key.Id] = key;
        return isNew;
    }

    /// <summary>Ends an item; its result is kept until it is accepted.</summary>
    /// <param name="id">The item.</param>
    /// <param name="result">The result; null when the engine gave the item up.</param>
    /// <returns>
    /// The newest hand-out of the item; null when there is no result, or when nobody waits for it any more.
    /// </returns>
    public WorkKey? Finish(WorkId id, WorkResult? result)
    {
        if (!_held.Remove(id, out var key) || result is null)
        {
            return null;
        }

        _results[key] = result;
        return key;
    }

    /// <summary>Forgets a result that the coordinator has.</summary>
    public void Accept(WorkKey key) => _results.Remove(key);

    /// <summary>Forgets all items and results.</summary>
    public void Clear()
    {
        _held.Clear();
        _results.Clear();
    }
}
