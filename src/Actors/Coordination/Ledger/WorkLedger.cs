using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Ledger;

/// <summary>
/// The books of who does what: every item is open, leased to one worker, or done, and is counted once. Decides only;
/// holds no actor and sends nothing.
/// </summary>
/// <remarks>
/// Delivery is at least once, counting exactly once: a result counts if it names this epoch, an item of the books and
/// the attempt that is current for it. Whatever a lost or silent worker held is open again; as long as nobody else has
/// taken it, a worker that was only slow may renew it or hand it in. With the next hand-out a new attempt begins, and
/// the late result of the old one is refused.
/// </remarks>
public sealed class WorkLedger(int epoch, TimeSpan lease, TimeProvider time)
{
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<WorkKind, LinkedList<Entry>> _open = [];

    /// <summary>The epoch that every key of this ledger carries.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Items not yet counted.</summary>
    public int Remaining => _entries.Count;

    /// <summary>Items given out again because their worker was lost or silent, since the start.</summary>
    public int GivenOutAgain { get; private set; }

    /// <summary>Items of a kind that wait for a worker.</summary>
    public int OpenCount(WorkKind kind) => Queue(kind).Count;

    /// <summary>Adds an item. Its id must not be in the books.</summary>
    public void Add(string id, WorkPayload payload)
    {
        var entry = new Entry(id, payload);
        _entries.Add(id, entry);
        entry.Place = Queue(payload.Kind).AddLast(entry);
    }

    /// <summary>Leases up to <paramref name="most"/> open items of a kind to a worker, oldest first.</summary>
    public IReadOnlyList<Assignment> Take(string worker, WorkKind kind, int most)
    {
        var taken = new List<Assignment>();
        var queue = Queue(kind);
        while (taken.Count < most && queue.First is { } first)
        {
            queue.RemoveFirst();
            var entry = first.Value;
            entry.Place = null;
            entry.Worker = worker;
            entry.Attempt++;
            GivenOutAgain += entry.Attempt > 1 ? 1 : 0;
            entry.Until = time.GetUtcNow() + lease;
            taken.Add(new Assignment(new WorkKey(Epoch, entry.Id, entry.Attempt), entry.Payload));
        }

        return taken;
    }

    /// <summary>Counts a result: true the first time and only for the current attempt, else false.</summary>
    public bool Complete(WorkKey key)
    {
        if (Current(key) is not { } entry)
        {
            return false;
        }

        TakeFromQueue(entry);
        _entries.Remove(entry.Id);
        return true;
    }

    /// <summary>Prolongs the leases that the worker still holds.</summary>
    public void Renew(string worker, IEnumerable<WorkKey> held)
    {
        foreach (var key in held)
        {
            if (Current(key) is { } entry)
            {
                TakeFromQueue(entry);
                entry.Worker = worker;
                entry.Until = time.GetUtcNow() + lease;
            }
        }
    }

    /// <summary>Frees what a lost worker held; returns how many items.</summary>
    public int WorkerLost(string worker) => Free(entry => entry.Worker == worker);

    /// <summary>Frees what has not been renewed in time; returns how many items.</summary>
    public int ExpireLeases()
    {
        var now = time.GetUtcNow();
        return Free(entry => entry.Worker is not null && entry.Until <= now);
    }

    /// <summary>Drops every item whose id starts with <paramref name="prefix"/>; late results for it are refused.</summary>
    public void Drop(string prefix)
    {
        foreach (var entry in _entries.Values.Where(entry => entry.Id.StartsWith(prefix, StringComparison.Ordinal)).ToList())
        {
            TakeFromQueue(entry);
            _entries.Remove(entry.Id);
        }
    }

    private int Free(Func<Entry, bool> lost)
    {
        // To the front: what was given out first is what the others wait for longest.
        var freed = _entries.Values.Where(lost).ToList();
        foreach (var entry in freed)
        {
            entry.Worker = null;
            entry.Place = Queue(entry.Payload.Kind).AddFirst(entry);
        }

        return freed.Count;
    }

    private void TakeFromQueue(Entry entry)
    {
        if (entry.Place is { } place)
        {
            Queue(entry.Payload.Kind).Remove(place);
            entry.Place = null;
        }
    }

    private Entry? Current(WorkKey key) =>
        key.Epoch == Epoch && _entries.TryGetValue(key.Id, out var entry) && entry.Attempt == key.Attempt ? entry : null;

    private LinkedList<Entry> Queue(WorkKind kind)
    {
        if (!_open.TryGetValue(kind, out var queue))
        {
            _open[kind] = queue = new LinkedList<Entry>();
        }

        return queue;
    }

    private sealed class Entry(string id, WorkPayload payload)
    {
        public string Id { get; } = id;

        public WorkPayload Payload { get; } = payload;

        public int Attempt { get; set; }

        public string? Worker { get; set; }

        public DateTimeOffset Until { get; set; }

        public LinkedListNode<Entry>? Place { get; set; }
    }
}
