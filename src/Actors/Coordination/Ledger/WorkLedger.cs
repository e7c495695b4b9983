using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Ledger;

/// <summary>
/// Knows of every work item whether it is open, leased to one worker or done, and counts each once. Decides only;
/// holds no actor and sends nothing.
/// </summary>
/// <remarks>
/// Delivery is at least once, counting exactly once: a result counts if it names this epoch, an item of this ledger
/// and the attempt that is current for it. Whatever a lost or silent worker held is open again; as long as no other
/// worker has taken it, one that was only slow may renew it or hand it in. With the next hand-out a new attempt
/// begins, and the late result of the old one is refused.
/// </remarks>
internal sealed class WorkLedger(int epoch, TimeSpan lease, TimeProvider time)
{
    private readonly Dictionary<WorkId, LedgerItem> _items = [];
    private readonly Dictionary<WorkKind, LinkedList<LedgerItem>> _open = [];
    private readonly Dictionary<string, int> _held = [];

    /// <summary>The epoch that every key of this ledger carries.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Items not yet counted.</summary>
    public int Remaining => _items.Count;

    /// <summary>The kinds of work that wait for a worker.</summary>
    public IEnumerable<WorkKind> OpenKinds => _open.Where(entry => entry.Value.Count > 0).Select(entry => entry.Key);

    /// <summary>The items that workers hold, by their names, oldest hand-out of each first.</summary>
    public ILookup<string, LedgerItem> Leased => _items.Values
        .Where(item => item.Worker is not null)
        .OrderBy(item => item.LeasedUntil)
        .ToLookup(item => item.Worker!);

    /// <summary>Open and leased items by the kind of work; kinds without either are left out.</summary>
    public IReadOnlyDictionary<WorkKind, WorkQueue> Queues => _items.Values
        .GroupBy(item => item.Payload.Kind)
        .ToDictionary(
            group => group.Key,
            group => new WorkQueue(
                group.Count(item => item.Worker is null), group.Count(item => item.Worker is not null)));

    /// <summary>Items given out again since the start because their worker was lost or silent.</summary>
    public int GivenOutAgain { get; private set; }

    /// <summary>Adds an open item. The ledger must not have one of the same id.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="payload">What it is.</param>
    /// <param name="home">Address of the node whose worker holds what it goes on from; null where none does.</param>
    public void Add(WorkId id, WorkPayload payload, string? home = null)
    {
        var item = new LedgerItem(id, payload, home);
        _items.Add(id, item);
        item.Place = OpenOf(payload.Kind).AddLast(item);
    }

    /// <summary>What is given out next of a kind of work; null where nothing waits.</summary>
    public WorkPayload? Next(WorkKind kind) => OpenOf(kind).First?.Value.Payload;

    /// <summary>How many items a worker has on lease.</summary>
    public int HeldBy(string worker) => _held.GetValueOrDefault(worker);

    /// <summary>Leases up to <paramref name="max"/> open items of a kind to a worker, oldest first.</summary>
    /// <param name="worker">The worker.</param>
    /// <param name="kind">The kind of work it does.</param>
    /// <param name="max">For how many it has room.</param>
    /// <param name="may">Whether it may have an item; null: any.</param>
    public IReadOnlyList<Assignment> Take(string worker, WorkKind kind, int max, Func<LedgerItem, bool>? may = null)
    {
        var assignments = new List<Assignment>();
        foreach (var item in OpenOf(kind).Where(item => may is null || may(item)).Take(max).ToList())
        {
            RemoveFromOpen(item);
            Lease(item, worker);
            item.Attempt++;
            item.IsGivenUp = false;
            item.HandedOut = time.GetUtcNow();
            GivenOutAgain += item.Attempt > 1 ? 1 : 0;
            assignments.Add(new Assignment(new WorkKey(Epoch, item.Id, item.Attempt), item.Payload));
        }

        return assignments;
    }

    /// <summary>Whether a hand-out is the newest of an item that is not counted yet.</summary>
    public bool IsCurrent(WorkKey key) => Find(key) is not null;

    /// <summary>When the newest hand-out of an item that is not counted yet was made; null for any other.</summary>
    public DateTimeOffset? HandedOut(WorkKey key) => Find(key)?.HandedOut;

    /// <summary>Counts a result: true the first time and only for the current attempt, else false.</summary>
    public bool Complete(WorkKey key)
    {
        if (Find(key) is not { } item)
        {
            return false;
        }

        RemoveFromOpen(item);
        Give(item, worker: null);
        _items.Remove(item.Id);
        return true;
    }

    /// <summary>
    /// Prolongs the leases of what a worker is still working on. Items that no other worker has taken yet become its
    /// own again; one that several make together stays the first one's.
    /// </summary>
    public void Renew(string worker, IEnumerable<WorkKey> held)
    {
        foreach (var item in held.Select(Find).OfType<LedgerItem>())
        {
            RemoveFromOpen(item);
            Lease(item, item.Worker ?? worker);
        }
    }

    /// <summary>
    /// Opens an item whose hand-out cannot be finished, if it is the newest one: nobody may renew it or hand it in.
    /// </summary>
    public void GiveUp(WorkKey key)
    {
        if (Find(key) is { } item)
        {
            Release(held => held.Worker is not null && held == item);
            item.IsGivenUp = true;
        }
    }

    /// <summary>Opens what a lost worker held; returns how many items.</summary>
    public int ReleaseWorker(string worker) => Release(item => item.Worker == worker);

    /// <summary>Opens what has not been renewed in time; returns how many items.</summary>
    public int ExpireLeases()
    {
        var now = time.GetUtcNow();
        return Release(item => item.Worker is not null && item.LeasedUntil <= now);
    }

    private int Release(Func<LedgerItem, bool> isLost)
    {
        // To the front: what was given out first is what the others wait for longest.
        var lost = _items.Values.Where(isLost).ToList();
        foreach (var item in lost)
        {
            Give(item, worker: null);
            item.Place = OpenOf(item.Payload.Kind).AddFirst(item);
        }

        return lost.Count;
    }

    private void Lease(LedgerItem item, string worker)
    {
        Give(item, worker);
        item.LeasedUntil = time.GetUtcNow() + lease;
    }

    private void Give(LedgerItem item, string? worker)
    {
        Count(item.Worker, -1);
        Count(worker, 1);
        item.Worker = worker;

        void Count(string? holder, int change)
        {
            if (holder is not null)
            {
                _held[holder] = HeldBy(holder) + change;
            }
        }
    }

    private void RemoveFromOpen(LedgerItem item)
    {
        if (item.Place is { } place)
        {
            OpenOf(item.Payload.Kind).Remove(place);
            item.Place = null;
        }
    }

    private LedgerItem? Find(WorkKey key) =>
        key.Epoch == Epoch
        && _items.TryGetValue(key.Id, out var item)
        && item.Attempt == key.Attempt
        && !item.IsGivenUp
            ? item
            : null;

    private LinkedList<LedgerItem> OpenOf(WorkKind kind)
    {
        if (!_open.TryGetValue(kind, out var items))
        {
            items = new LinkedList<LedgerItem>();
            _open[kind] = items;
        }

        return items;
    }
}
