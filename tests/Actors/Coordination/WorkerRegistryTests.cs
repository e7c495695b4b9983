using Akka.Actor;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class WorkerRegistryTests
{
    private readonly WorkerRegistry _workers =
        new(new ManualTime(), new Dictionary<WorkKind, LearnerGroup>());
    private readonly WorkLedger _ledger = new(1, TimeSpan.FromMinutes(1), new ManualTime());

    [Fact]
    public void Work_goes_only_where_there_is_room_and_only_to_its_kind()
    {
        Join("judge", WorkKind.Judge, free: 2);
        Join("full", WorkKind.Judge, free: 0);
        Join("rollout", WorkKind.Rollout, free: 9);
        AddJudgeWork(3);

        Assert.Equal([2], HandOut());
        Assert.Empty(HandOut());
        _workers.Note(new FromWorker.Pull(1, "full", 5));
        Assert.Equal([1], HandOut());
    }

    [Fact]
    public void What_the_work_of_some_worker_waits_for_is_known_until_it_goes_on()
    {
        Join("rollout", WorkKind.Rollout, free: 1);
        Join("judge", WorkKind.Judge, free: 0);
        Assert.Null(_workers.WaitsFor);

        _workers.Note(new FromWorker.Pull(1, "judge", 0, "waiting for the judge"));
        Assert.Equal("waiting for the judge", _workers.WaitsFor);

        _workers.Note(new FromWorker.Pull(1, "judge", 0));
        Assert.Null(_workers.WaitsFor);
    }

    [Fact]
    public void Many_items_go_in_several_messages_of_a_size_that_the_wire_takes()
    {
        Join("judge", WorkKind.Judge, free: 20);
        AddJudgeWork(30);

        Assert.Equal([8, 8, 4], HandOut());
    }

    [Fact]
    public void A_worker_that_introduces_itself_again_has_room_for_nothing_until_it_asks()
    {
        Join("judge", WorkKind.Judge, free: 2);
        _workers.Add(Hello("judge", WorkKind.Judge), ActorRefs.Nobody);
        AddJudgeWork(1);

        Assert.Empty(HandOut());
        Assert.Equal(1, Assert.Single(_workers.CountByKind).Value);
    }

    [Fact]
    public void A_node_takes_all_its_workers_with_it()
    {
        Join("first", WorkKind.Judge, free: 1);
        Join("second", WorkKind.Rollout, free: 1);
        _workers.Add(new FromWorker.Hello("other", "elsewhere", WorkKind.Judge, 1), ActorRefs.Nobody);

        Assert.Equal(["first", "second"], _workers.NamesAt("here"));
        Assert.All(_workers.NamesAt("here"), name => Assert.True(_workers.Remove(name)));
        Assert.False(_workers.Remove("first"));
        Assert.False(_workers.Contains("second"));
        Assert.Equal(WorkKind.Judge, Assert.Single(_workers.CountByKind).Key);
    }

    private static FromWorker.Hello Hello(string name, WorkKind kind) => new(name, "here", kind, 9);

    private void Join(string name, WorkKind kind, int free)
    {
        _workers.Add(Hello(name, kind), ActorRefs.Nobody);
        _workers.Note(new FromWorker.Pull(1, name, free));
    }

    private void AddJudgeWork(int items)
    {
        for (var prompt = 0; prompt < items; prompt++)
        {
            _ledger.Add(WorkId.Judge(BatchId.ForStep(1), prompt, 0), new JudgeWork(""));
        }
    }

    private List<int> HandOut() => [.. _workers.HandOut(_ledger).Select(message => message.Work.Items.Count)];
}
