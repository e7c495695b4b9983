using Akka.Actor;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class LearnerGroupTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualTime _time = new();
    private readonly LearnerGroup _group;
    private readonly WorkerRegistry _workers;
    private readonly WorkLedger _ledger;

    public LearnerGroupTests()
    {
        _group = new LearnerGroup(2, Patience, _time);
        _workers = new WorkerRegistry(_time, new Dictionary<WorkKind, LearnerGroup> { [WorkKind.Learn] = _group });
        _ledger = new WorkLedger(1, TimeSpan.FromMinutes(1), _time);
    }

    [Fact]
    public void An_update_waits_for_all_ranks_and_goes_to_each_with_its_place()
    {
        AddUpdate();
        Join("a");
        Assert.Empty(HandOut());
        Assert.StartsWith("waiting for learner ranks: 1 of 2 ", _workers.Gathers(_ledger), StringComparison.Ordinal);
        Join("b");

        var shares = HandOut();

        Assert.Null(_workers.Gathers(_ledger));
        Assert.Equal([(0, "a"), (1, "b")], shares.Select(seat => (seat!.Rank, seat.Members[seat.Rank].Worker)));
        Assert.All(shares, seat => Assert.Equal(["http://a", "http://b"], seat!.Members.Select(one => one.Address)));
        Assert.Equal(["step-1/learn, rank 0 of 2", "step-1/learn, rank 1 of 2"],
            _workers.Describe(_ledger).Select(worker => worker.WorksOn));
        Assert.Empty(HandOut());
    }

    [Fact]
    public void Those_that_are_there_begin_when_no_more_have_come_for_the_time_set()
    {
        AddUpdate();
        Join("a");
        _time.Advance(Patience - TimeSpan.FromSeconds(1));
        Assert.Empty(HandOut());
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(Assert.Single(HandOut()));
    }

    [Fact]
    public void One_that_stands_by_takes_the_place_of_a_lost_one_behind_those_of_the_last_update()
    {
        Join("a");
        Join("b");
        Join("c");
        Assert.Equal(["a", "b"], _group.Choose(["a", "b", "c"], 3, name => name));

        Assert.Equal(["b", "c"], _group.Choose(["c", "b"], 2, name => name));
        Assert.Equal(["b", "c"], _group.Choose(["a", "c", "b"], 3, name => name));
    }

    [Theory]
    [InlineData(false, "a0 a1 b0 b1")]
    [InlineData(true, "a0 b0 a1 b1")]
    public void Neighbours_are_on_one_node_unless_one_holds_the_copy_of_the_other(bool replicates, string order)
    {
        var group = new LearnerGroup(4, Patience, _time, replicates);
        string OrderOf(params string[] free) => string.Join(' ', group.Choose(free, free.Length, name => name[..1]));

        Assert.Equal(order, OrderOf("a0", "b0", "b1", "a1"));
        Assert.Equal(order, OrderOf("c0", "b1", "a1", "b0", "a0"));
    }

    [Fact]
    public void With_a_learner_all_others_of_its_node_are_meant()
    {
        Join("a");
        Join("b");

        Assert.Equal(["a", "b"], _workers.NamesBeside("a").Order());
        Assert.Equal(["gone"], _workers.NamesBeside("gone"));
    }

    [Fact]
    public void A_learner_that_is_still_at_work_is_waited_for()
    {
        _time.Advance(Patience * 10);

        Assert.Empty(_group.Choose(["a"], joined: 2, name => name));
        Assert.Empty(_group.Choose([], joined: 2, name => name));
    }

    [Fact]
    public void What_is_given_out_again_is_another_group_s_and_a_late_result_of_the_old_one_does_not_count()
    {
        AddUpdate();
        Join("a");
        Join("b");
        HandOut();
        var old = new WorkKey(1, WorkId.Learn(BatchId.ForStep(1)), 1);

        _ledger.Renew("b", [old]);
        Assert.Equal("a", Assert.Single(_ledger.Leased).Key);
        _ledger.GiveUp(old);
        _workers.Remove("b");
        Join("c");
        _workers.Note(Pull("a"));

        Assert.Equal(["a", "c"], HandOut()[0]!.Members.Select(member => member.Worker));
        _ledger.GiveUp(old);
        Assert.False(_ledger.Complete(old));
        Assert.True(_ledger.Complete(old with { Attempt = 2 }));
    }

    [Fact]
    public void A_checkpoint_of_the_last_update_is_the_work_of_its_ranks_in_their_order()
    {
        Join("a");
        Join("b");
        _group.Choose(["b", "a"], 2, name => name);
        _ledger.Add(WorkId.Save(BatchId.ForStep(1)), new SaveWork(1));

        var seats = _workers.HandOut(_ledger).Select(one => ((SaveWork)Assert.Single(one.Work.Items).Payload).Seat);
        Assert.All(seats, seat => Assert.Equal(["b", "a"], seat!.Members.Select(member => member.Worker)));
        Assert.Equal("b", Assert.Single(_ledger.Leased).Key);
    }

    [Fact]
    public void The_one_whom_the_others_wait_for_in_the_middle_of_an_update_is_named()
    {
        AddUpdate();
        Join("a");
        Join("b");
        HandOut();
        _workers.Note(Pull("a") with { Free = 0, ExchangingSeconds = 4 });
        Assert.Null(_workers.WaitsForRank());
        _workers.Note(Pull("a") with { Free = 0, ExchangingSeconds = 12 });
        _workers.Note(Pull("b") with { Free = 0, ExchangingSeconds = 0.1 });

        Assert.Equal("step-1/learn waits for b, rank 1 of 2, 12 s", _workers.WaitsForRank());
        _workers.Note(Pull("b") with { Free = 0, ExchangingSeconds = 11 });
        Assert.Null(_workers.WaitsForRank());
        Assert.Equal(["a", "b"], _workers.RanksOf(WorkKind.Learn));
    }

    private static FromWorker.Pull Pull(string name) => new(1, name, 1, Direct: "http://" + name);

    private void Join(string name)
    {
        _workers.Add(new FromWorker.Hello(name, "here", WorkKind.Learn, 1), ActorRefs.Nobody);
        _workers.Note(Pull(name));
    }

    private void AddUpdate() => _ledger.Add(
        WorkId.Learn(BatchId.ForStep(1)),
        new LearnWork(1, MachineRun.Weights(0).Blob, MachineRun.Weights(0), Checkpoint: false));

    private List<RankSeat?> HandOut() =>
        [.. _workers.HandOut(_ledger).Select(one => ((LearnWork)Assert.Single(one.Work.Items).Payload).Seat)];
}
