using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination.Ledger;

public sealed class WorkLedgerTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly WorkLedger _ledger;

    public WorkLedgerTests() => _ledger = new WorkLedger(3, Lease, _time);

    [Fact]
    public void A_result_counts_once()
    {
        _ledger.Add(Id(0), new JudgeWork("x"));
        var item = Assert.Single(_ledger.Take("w", WorkKind.Judge, 5));

        Assert.True(_ledger.Complete(item.Key));
        Assert.False(_ledger.Complete(item.Key));
        Assert.Equal(0, _ledger.Remaining);
    }

    [Fact]
    public void Items_are_given_out_in_order_and_only_to_workers_of_their_kind()
    {
        _ledger.Add(Id(0), new JudgeWork("1"));
        _ledger.Add(Id(1), new JudgeWork("2"));
        _ledger.Add(Id(2), new JudgeWork("3"));

        Assert.Empty(_ledger.Take("w", WorkKind.Rollout, 5));
        Assert.Equal([Id(0), Id(1)], _ledger.Take("w", WorkKind.Judge, 2).Select(item => item.Key.Id));
        Assert.Equal([Id(2)], _ledger.Take("v", WorkKind.Judge, 2).Select(item => item.Key.Id));
    }

    [Fact]
    public void What_a_lost_worker_held_is_given_out_again_first_and_its_late_result_is_refused()
    {
        _ledger.Add(Id(0), new JudgeWork("1"));
        _ledger.Add(Id(1), new JudgeWork("2"));
        var first = _ledger.Take("lost", WorkKind.Judge, 1)[0];

        Assert.Equal(1, _ledger.ReleaseWorker("lost"));
        var second = _ledger.Take("other", WorkKind.Judge, 1)[0];

        Assert.Equal(Id(0), second.Key.Id);
        Assert.Equal(2, second.Key.Attempt);
        Assert.False(_ledger.Complete(first.Key));
        Assert.True(_ledger.Complete(second.Key));
        Assert.Equal(1, _ledger.GivenOutAgain);
    }

    [Fact]
    public void A_lease_ends_unless_it_is_renewed()
    {
        _ledger.Add(Id(0), new JudgeWork("1"));
        _ledger.Add(Id(1), new JudgeWork("2"));
        var held = _ledger.Take("w", WorkKind.Judge, 2);
        _time.Advance(Lease / 2);
        _ledger.Renew("w", [held[0].Key]);
        _time.Advance(Lease / 2);

        Assert.Equal(1, _ledger.ExpireLeases());
        Assert.Equal(Id(1), Assert.Single(_ledger.Take("v", WorkKind.Judge, 5)).Key.Id);
        Assert.True(_ledger.Complete(held[0].Key));
    }

    [Fact]
    public void A_worker_that_was_only_slow_keeps_what_nobody_else_has_taken()
    {
        _ledger.Add(Id(0), new JudgeWork("1"));
        _ledger.Add(Id(1), new JudgeWork("2"));
        var held = _ledger.Take("slow", WorkKind.Judge, 2);
        _time.Advance(Lease);
        Assert.Equal(2, _ledger.ExpireLeases());

        _ledger.Renew("slow", [held[0].Key]);

        Assert.True(_ledger.Complete(held[1].Key));
        Assert.Empty(_ledger.Take("other", WorkKind.Judge, 5));
        Assert.True(_ledger.Complete(held[0].Key));
        Assert.Equal(0, _ledger.GivenOutAgain);
    }

    [Fact]
    public void A_result_of_another_epoch_is_refused()
    {
        _ledger.Add(Id(0), new JudgeWork("1"));
        var item = _ledger.Take("w", WorkKind.Judge, 1)[0];

        Assert.False(_ledger.Complete(item.Key with { Epoch = 2 }));
        Assert.True(_ledger.Complete(item.Key));
    }

    [Fact]
    public void Every_item_is_counted_exactly_once_whatever_workers_do()
    {
        var random = new Random(7);
        const int total = 500;
        for (var i = 0; i < total; i++)
        {
            _ledger.Add(Id(i), new JudgeWork(""));
        }

        var held = new List<(string Worker, WorkKey Key)>();
        var counted = new Dictionary<WorkId, int>();
        for (var step = 0; _ledger.Remaining > 0; step++)
        {
            Assert.True(step < 100_000, "the ledger does not run dry");
            var worker = $"w{random.Next(5)}";
            switch (random.Next(6))
            {
                case 0:
                    _ledger.ReleaseWorker(worker);
                    break;
                case 1:
                    _time.Advance(TimeSpan.FromSeconds(random.Next(20)));
                    _ledger.ExpireLeases();
                    break;
                case 2:
                    var items = _ledger.Take(worker, WorkKind.Judge, random.Next(8));
                    held.AddRange(items.Select(item => (worker, item.Key)));
                    break;
                default:
                    // Late and repeated results stay in the list: some are handed in again and again.
                    if (held.Count > 0)
                    {
                        var (_, key) = held[^(1 + random.Next(Math.Min(held.Count, 40)))];
                        counted[key.Id] = counted.GetValueOrDefault(key.Id) + (_ledger.Complete(key) ? 1 : 0);
                    }

                    break;
            }
        }

        Assert.Equal(total, counted.Count);
        Assert.All(counted.Values, times => Assert.Equal(1, times));
    }

    private static WorkId Id(int prompt) => WorkId.Judge(BatchId.ForStep(1), prompt, 0);
}
