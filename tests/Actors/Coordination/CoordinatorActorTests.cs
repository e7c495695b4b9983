using Akka.Actor;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class CoordinatorActorTests : CoordinatorTestKit
{
    [Fact]
    public void Work_goes_to_every_worker_of_its_kind_as_far_as_it_has_room()
    {
        var coordinator = Begun();
        var (first, second) = (Worker(coordinator, "first"), Worker(coordinator, "second"));

        Assert.Equal("step-1/rollout/0", Assert.Single(Pull(coordinator, first, "first", 1).Items).Key.Id.ToString());
        Assert.Equal("step-1/rollout/1", Assert.Single(Pull(coordinator, second, "second", 5).Items).Key.Id.ToString());
    }

    [Fact]
    public void What_is_on_its_way_to_a_worker_takes_room_there()
    {
        var coordinator = Begun();
        var worker = Worker(coordinator, "w");
        Pull(coordinator, worker, "w", 1);

        // Said before the item arrived.
        coordinator.Tell(new FromWorker.Pull(1, "w", 1), worker);
        Status(coordinator);
        Assert.Equal(1, Run.Ledger.HeldBy("w"));

        coordinator.Tell(new FromWorker.Pull(1, "w", 1) { Held = 1 }, worker);
        worker.ExpectMsg<ToWorker.Work>(Patience);
        Assert.Equal(2, Run.Ledger.HeldBy("w"));
    }

    [Fact]
    public void What_a_lost_worker_held_goes_to_another_and_counts_once()
    {
        var coordinator = Begun();
        var (lost, other) = (Worker(coordinator, "lost"), Worker(coordinator, "other"));
        var held = Pull(coordinator, lost, "lost", 1).Items[0];
        Pull(coordinator, other, "other", 5);

        coordinator.Tell(new FromWorker.Goodbye("lost"), lost);

        var again = Assert.Single(other.ExpectMsg<ToWorker.Work>(Patience).Items);
        Assert.Equal((held.Key.Id, 2), (again.Key.Id, again.Key.Attempt));
        HandIn(coordinator, lost, "lost", held);
        Assert.Equal(0, Run.Machine.State.Scored);
        HandIn(coordinator, other, "other", again);
        HandIn(coordinator, other, "other", again);
        Assert.Equal(1, Run.Ledger.GivenOutAgain);
    }

    [Fact]
    public void A_silent_worker_loses_its_items_when_the_lease_is_over()
    {
        var coordinator = Begun();
        var (silent, other) = (Worker(coordinator, "silent"), Worker(coordinator, "other"));
        Pull(coordinator, silent, "silent", 2);
        coordinator.Tell(new FromWorker.Pull(1, "other", 5), other);

        Run.Time.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal(2, other.ExpectMsg<ToWorker.Work>(Patience).Items.Count);
    }

    [Fact]
    public void A_worker_that_it_does_not_know_is_asked_who_it_is()
    {
        var coordinator = Begun();
        var stranger = CreateTestProbe();

        coordinator.Tell(new FromWorker.Pull(1, "stranger", 1), stranger);
        Assert.Equal(1, stranger.ExpectMsg<ToWorker.WhoAreYou>(Patience).Epoch);

        var known = Worker(coordinator, "known");
        coordinator.Tell(new FromWorker.Pull(0, "known", 1), known);
        known.ExpectMsg<ToWorker.WhoAreYou>(Patience);
    }

    [Fact]
    public void Workers_that_came_before_the_run_are_asked_who_they_are_as_soon_as_it_begins()
    {
        Factory.Ready = new ManualResetEventSlim();
        var coordinator = Start();
        var (early, old) = (CreateTestProbe(), CreateTestProbe());
        coordinator.Tell(new FromWorker.Hello("early", "a", WorkKind.Rollout, 1), early);
        coordinator.Tell(FakeFactory.Run, TestActor);
        coordinator.Tell(new FromWorker.Pull(3, "of-the-run-before", 1), old);

        Factory.Ready.Set();

        Assert.Equal(1, early.ExpectMsg<ToWorker.WhoAreYou>(Patience).Epoch);
        Assert.Equal(1, old.ExpectMsg<ToWorker.WhoAreYou>(Patience).Epoch);
    }

    [Fact]
    public void A_second_run_is_refused_while_one_is_under_way_and_the_same_one_is_recognised()
    {
        var coordinator = Begun();

        coordinator.Tell(new RunCommands.Submit("other", ""), TestActor);
        Assert.Equal("run run is under way", ExpectMsg<RunCommands.Submitted>(Patience).Refusal);
        coordinator.Tell(FakeFactory.Run, TestActor);
        Assert.Null(ExpectMsg<RunCommands.Submitted>(Patience).Refusal);
        Assert.Equal(1, Factory.Loaded);
    }

    [Fact]
    public void A_whole_run_goes_through_its_workers_and_its_end_shows_in_the_status()
    {
        var coordinator = Begun();
        StartQuickWorkers(
            coordinator, WorkKind.Rollout, WorkKind.Rollout, WorkKind.Judge, WorkKind.Score, WorkKind.Learn);

        AwaitCondition(() => Status(coordinator).Outcome is not null, Patience);

        Assert.Equal(RunOutcome.Finished, Status(coordinator).Outcome);
        Assert.Equal([4, 4], Run.Batches.Select(batch => batch.Count));
        Assert.Equal(["run"], Factory.Over);
    }

    [Fact]
    public void Lost_weights_load_the_run_again_and_workers_join_the_new_epoch()
    {
        var coordinator = Begun();
        var worker = Worker(coordinator, "w");
        var item = Pull(coordinator, worker, "w", 1).Items[0];

        coordinator.Tell(new FromWorker.Done("w", item.Key, new WeightsLost("gone")), worker);

        worker.ExpectMsg<ToWorker.Accepted>(Patience);
        AwaitCondition(() => Factory.Loaded == 2, Patience);
    }

    [Fact]
    public void A_result_that_breaks_an_invariant_ends_the_run_with_its_reason()
    {
        var coordinator = Begun();
        var worker = Worker(coordinator, "w");
        var item = Pull(coordinator, worker, "w", 1).Items[0];

        coordinator.Tell(new FromWorker.Done("w", item.Key, new WorkStopped(null)), worker);

        AwaitCondition(() => Status(coordinator).Outcome == RunOutcome.Failed, Patience);
        Assert.NotEmpty(Status(coordinator).Message);
    }

    [Fact]
    public void A_full_disk_ends_the_run_as_what_the_user_can_mend_and_the_coordinator_lives()
    {
        Run.OnClosed = () => throw new IOException("still full");
        var coordinator = Begun();
        Run.OnRecord = () => throw new IOException("No space left on device : '/a/runs/run/metrics.jsonl'");

        AwaitCondition(() => Status(coordinator).Outcome == RunOutcome.UserError, Patience);
        Assert.StartsWith(
            "No space left on device : '/a/runs/run/metrics.jsonl'. See that", Status(coordinator).Message);
        Assert.Equal("run", Status(coordinator).RunId);
    }

    [Fact]
    public void A_run_without_a_learner_says_so_until_there_is_one()
    {
        var coordinator = Begun();
        StartQuickWorkers(coordinator, WorkKind.Rollout, WorkKind.Judge, WorkKind.Score);
        AwaitCondition(() => Status(coordinator).Stage == RunStage.Learning, Patience);

        AwaitCondition(Said, Patience);
        Sys.ActorOf(Props.Create(() => new QuickWorker(coordinator, "learner", WorkKind.Learn)));
        AwaitCondition(() => Status(coordinator).Outcome == RunOutcome.Finished, Patience);
        Assert.Empty(Status(coordinator).Message);

        // The patience begins with the first tick, whenever that is.
        bool Said()
        {
            Run.Time.Advance(TimeSpan.FromSeconds(5));
            return Status(coordinator).Message.Contains("r1reward.node.roles = [learner]");
        }
    }

    [Fact]
    public void A_run_that_cannot_be_loaded_says_what_to_correct()
    {
        Factory.Error = new UserErrorException("no such file");
        var coordinator = Start();
        coordinator.Tell(FakeFactory.Run, TestActor);
        ExpectMsg<RunCommands.Submitted>(Patience);

        AwaitCondition(() => Status(coordinator).Outcome is not null, Patience);

        var status = Status(coordinator);
        Assert.Equal((RunOutcome.UserError, "no such file"), (status.Outcome, status.Message));
    }

    [Fact]
    public void A_run_that_was_under_way_is_taken_up_unasked()
    {
        Factory.UnderWay = FakeFactory.Run;
        var coordinator = Start();

        AwaitCondition(() => Status(coordinator).Stage == RunStage.Rolling, Patience);
    }

    [Fact]
    public void A_coordinator_without_a_run_says_where_it_looked_and_what_is_wrong_there_and_takes_a_run()
    {
        Assert.Equal("no run is under way in /a/runs", Status(Start()).Message);

        Factory.Damage = new UserErrorException("current.json: damaged");
        var coordinator = Start();
        Assert.Equal("current.json: damaged", Status(coordinator).Message);
        coordinator.Tell(FakeFactory.Run, TestActor);
        Assert.Null(ExpectMsg<RunCommands.Submitted>(Patience).Refusal);
    }

    [Fact]
    public void While_a_run_is_loading_another_is_refused_and_the_same_one_is_recognised()
    {
        using var ready = new ManualResetEventSlim();
        Factory.Ready = ready;
        var coordinator = Start();
        coordinator.Tell(FakeFactory.Run, TestActor);
        Assert.Null(ExpectMsg<RunCommands.Submitted>(Patience).Refusal);

        coordinator.Tell(new RunCommands.Submit("other", ""), TestActor);
        Assert.Equal("run run is under way", ExpectMsg<RunCommands.Submitted>(Patience).Refusal);
        coordinator.Tell(FakeFactory.Run, TestActor);
        Assert.Null(ExpectMsg<RunCommands.Submitted>(Patience).Refusal);

        ready.Set();
        AwaitCondition(() => Status(coordinator).Stage == RunStage.Rolling, Patience);
        Assert.Equal(1, Factory.Loaded);
    }

    [Fact]
    public void Without_a_run_results_are_accepted_and_workers_get_no_welcome()
    {
        var coordinator = Start();
        var worker = CreateTestProbe();
        var key = new WorkKey(1, WorkId.ColdStart, 1);

        coordinator.Tell(new FromWorker.Hello("w", "address", WorkKind.Sft, 1), worker);
        coordinator.Tell(new FromWorker.Pull(1, "w", 1), worker);
        coordinator.Tell(new FromWorker.Done("w", key, new WorkStopped(null)), worker);

        Assert.Equal(key, worker.ExpectMsg<ToWorker.Accepted>(Patience).Key);
        Assert.Equal("", Status(coordinator).RunId);
    }

    [Fact]
    public void A_coordinator_that_was_replaced_ends_its_process_and_gives_no_more_work()
    {
        var coordinator = Begun();
        var worker = Worker(coordinator, "w");
        foreach (var item in Pull(coordinator, worker, "w", 2).Items)
        {
            HandIn(coordinator, worker, "w", item);
        }

        var scorer = Worker(coordinator, "s", WorkKind.Judge);
        Run.OnJournal = _ => throw new FencedException(1, 2);
        var judging = Pull(coordinator, scorer, "s", 4).Items;
        coordinator.Tell(new FromWorker.Done("s", judging[0].Key, new WeightsLost("lost")), scorer);

        AwaitCondition(() => Sys.WhenTerminated.IsCompleted, Patience);
        Assert.Same(Fenced.Instance, CoordinatedShutdown.Get(Sys).ShutdownReason);
        Assert.Equal(1, Factory.Loaded);
    }

    [Fact]
    public void A_coordinator_with_nothing_to_write_finds_at_its_tick_that_it_was_replaced()
    {
        var coordinator = Begun();
        Run.OnRecord = () => throw new FencedException(1, 2);

        AwaitCondition(() => Sys.WhenTerminated.IsCompleted, Patience);

        Assert.Same(Fenced.Instance, CoordinatedShutdown.Get(Sys).ShutdownReason);
    }
}
