using Akka.Actor;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// The workers that have joined a run: which work each of them does, and for how many more items it has room.
/// </summary>
/// <param name="time">Knows for how long a worker has said nothing.</param>
/// <param name="groups">By the kinds of work that several do together, which of them; of no other kind.</param>
internal sealed class WorkerRegistry(TimeProvider time, IReadOnlyDictionary<WorkKind, LearnerGroup> groups)
{
    // A rollout item carries a question and two responses: eight stay far below the frame limit of the remoting.
    private const int ItemsPerMessage = 8;

    // Ranks of a healthy group may be so far apart.
    private static readonly TimeSpan LongExchange = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, Worker> _workers = [];

    /// <summary>Workers by the kind of work they do.</summary>
    public IReadOnlyDictionary<WorkKind, int> CountByKind =>
        _workers.Values.GroupBy(worker => worker.Kind).ToDictionary(group => group.Key, group => group.Count());

    /// <summary>Knows a worker from now on; one that introduces itself again has no room until it pulls.</summary>
    public void Add(FromWorker.Hello hello, IActorRef reference)
    {
        _workers[hello.Worker] = new Worker(hello.Worker, hello.Address, hello.Kind, reference, time.GetTimestamp());
        groups.GetValueOrDefault(hello.Kind)?.Come();
    }

    /// <summary>Whether a worker has joined.</summary>
    public bool Contains(string name) => _workers.ContainsKey(name);

    /// <summary>Removes a worker; false when it has not joined.</summary>
    public bool Remove(string name) => _workers.Remove(name);

    /// <summary>Names of the workers on a node.</summary>
    public IReadOnlyList<string> NamesAt(string address) =>
        [.. _workers.Values.Where(worker => worker.Address == address).Select(worker => worker.Name)];

    /// <summary>Names of a worker and of all that do the same kind of work on its node.</summary>
    public IReadOnlyList<string> NamesBeside(string worker) => _workers.TryGetValue(worker, out var one)
        ? [.. NamesAt(one.Address).Where(other => _workers[other].Kind == one.Kind)]
        : [worker];

    /// <summary>The workers that have joined, of every kind.</summary>
    public IEnumerable<IActorRef> All => _workers.Values.Select(worker => worker.Reference);

    /// <summary>The workers that do one kind of work.</summary>
    public IEnumerable<IActorRef> OfKind(WorkKind kind) =>
        _workers.Values.Where(worker => worker.Kind == kind).Select(worker => worker.Reference);

    /// <summary>What the items of some worker wait for; null while all go on.</summary>
    public string? WaitsFor =>
        _workers.Values.Select(worker => worker.WaitsFor).FirstOrDefault(text => text is not null);

    /// <summary>That an item waits for more workers to do it together; null while none does.</summary>
    public string? Gathers(WorkLedger ledger)
    {
        var (kind, group) = groups.FirstOrDefault(group => ledger.Next(group.Key) is SharedWork);
        var idle = _workers.Values.Count(worker => worker.Kind == kind && worker.Free > 0);
        return group is null
            ? null
            : $"waiting for {RoleOf(kind)} ranks: {idle} of {group.Ranks} are ready (r1reward.learner.gather-timeout)";
    }

    /// <summary>Whom the others wait for that do an item together; null where nobody does for long.</summary>
    public string? WaitsForRank()
    {
        var together = _workers.Values.Where(worker => worker.Share is not null);
        foreach (var group in together.GroupBy(worker => worker.Share!.Key))
        {
            var waiting = group.Where(worker => worker.Exchanging >= LongExchange).ToList();
            if (waiting.Count > 0 && group.FirstOrDefault(worker => worker.Exchanging < LongExchange) is { } late)
            {
                var longest = waiting.Max(worker => worker.Exchanging);
                return $"{late.Share!.Key.Id} waits for {late.Name}, rank {late.Share.Rank} of {late.Share.Ranks}, "
                    + $"{longest.TotalSeconds:0} s";
            }
        }

        return null;
    }

    /// <summary>Names of the workers that did the last item of a kind together, by rank.</summary>
    public IReadOnlyList<string> RanksOf(WorkKind kind) => groups.GetValueOrDefault(kind)?.Last ?? [];

    private static string RoleOf(WorkKind kind) => kind == WorkKind.Learn ? "learner" : $"{kind}".ToLowerInvariant();

    /// <summary>Notes for how many more items a worker has room, and what the others wait for.</summary>
    public void Note(FromWorker.Pull pull)
    {
        var worker = _workers[pull.Worker];
        worker.HeardAt = time.GetTimestamp();
        worker.Free = pull.Free;
        worker.WaitsFor = pull.WaitsFor;
        worker.Direct = pull.Direct;
        worker.Exchanging = TimeSpan.FromSeconds(pull.ExchangingSeconds);
        worker.Share = pull.Free > 0 ? null : worker.Share;
    }

    /// <summary>Gives room for one item to a worker that is to leave and asks for nothing itself.</summary>
    public void Offer(string worker) => _workers[worker].Free = 1;

    /// <summary>The hand-out that a worker and others do together; null where it does none.</summary>
    public WorkKey? SharedBy(string worker) => _workers.GetValueOrDefault(worker)?.Share?.Key;

    /// <summary>Takes note that a worker has done its share of what it did with others.</summary>
    public void EndShare(string worker) => _workers[worker].Share = null;

    /// <summary>The cluster address of a worker's node.</summary>
    public string AddressOf(string worker) => _workers[worker].Address;

    /// <summary>All of them with what they hold, by their names.</summary>
    public IReadOnlyList<WorkerDetails> Describe(WorkLedger ledger)
    {
        var leased = ledger.Leased;
        return [.. _workers.Values.OrderBy(worker => worker.Name, StringComparer.Ordinal).Select(worker =>
        {
            var held = leased[worker.Name].ToList();
            var worksOn = worker.Share?.ToString() ?? (held.Count > 0 ? held[0].Id.ToString() : null);
            return new WorkerDetails(
                worker.Name,
                worker.Address,
                worker.Kind,
                worker.Free,
                held.Count,
                worksOn,
                worker.WaitsFor,
                time.GetElapsedTime(worker.HeardAt).TotalSeconds);
        })];
    }

    /// <summary>
    /// Leases open items to every worker that has room, as messages to send. Afterwards no worker has room for an
    /// open item.
    /// </summary>
    public IEnumerable<(IActorRef Worker, ToWorker.Work Work)> HandOut(WorkLedger ledger)
    {
        foreach (var together in groups.SelectMany(group => HandOutTogether(group.Key, group.Value, ledger)))
        {
            yield return together;
        }

        foreach (var worker in _workers.Values.Where(worker => !groups.ContainsKey(worker.Kind)))
        {
            while (worker.Free > 0
                && ledger.Next(worker.Kind) is not null
                && Lease(worker, ledger) is { Count: > 0 } items)
            {
                yield return (worker.Reference, new ToWorker.Work(ledger.Epoch, items));
            }
        }
    }

    // The first of the ranks has the item on lease, and the others their shares of it.
    private IEnumerable<(IActorRef Worker, ToWorker.Work Work)> HandOutTogether(
        WorkKind kind, LearnerGroup group, WorkLedger ledger)
    {
        if (ledger.Next(kind) is null)
        {
            yield break;
        }

        List<Worker> all = [.. _workers.Values.Where(worker => worker.Kind == kind)];
        var idle = all.Where(worker => worker is { Free: > 0, Direct: not null });
        string[] free = [.. idle.Select(worker => worker.Name)];
        List<Worker> ranks = [.. group.Choose(free, all.Count, AddressOf).Select(name => _workers[name])];
        if (ranks.Count == 0 || ledger.Take(ranks[0].Name, kind, 1) is not [var item])
        {
            yield break;
        }

        var members = ranks.ConvertAll(worker => new RankMember(worker.Name, worker.Direct!, worker.Address));
        foreach (var (rank, worker) in ranks.Index())
        {
            var share = item;
            if (item.Payload is SharedWork shared && ranks.Count > 1)
            {
                worker.Share = new Part(item.Key, rank, ranks.Count);
                share = item with { Payload = shared with { Seat = new RankSeat(rank, members) } };
            }

            worker.Free = 0;
            yield return (worker.Reference, new ToWorker.Work(ledger.Epoch, [share]));
        }
    }

    private IReadOnlyList<Assignment> Lease(Worker worker, WorkLedger ledger)
    {
        var items = ledger.Take(
            worker.Name, worker.Kind, Math.Min(worker.Free, ItemsPerMessage), item => MayHave(worker, item));
        worker.Free -= items.Count;
        return items;
    }

    // A second learner that stands by does not hold the last update, whoever asks first. What was given out in vain
    // before, anybody may try.
    private bool MayHave(Worker worker, LedgerItem item) => item.Home is null
        || item.Home == worker.Address
        || item.Attempt > 0
        || !_workers.Values.Any(other => other.Kind == worker.Kind && other.Address == item.Home);

    private sealed class Worker(string name, string address, WorkKind kind, IActorRef reference, long heardAt)
    {
        public string Name { get; } = name;

        public string Address { get; } = address;

        public WorkKind Kind { get; } = kind;

        public IActorRef Reference { get; } = reference;

        public long HeardAt { get; set; } = heardAt;

        public int Free { get; set; }

        public string? WaitsFor { get; set; }

        public string? Direct { get; set; }

        public TimeSpan Exchanging { get; set; }

        public Part? Share { get; set; }
    }

    private sealed record Part(WorkKey Key, int Rank, int Ranks)
    {
        public override string ToString() => $"{Key.Id}, rank {Rank} of {Ranks}";
    }
}
