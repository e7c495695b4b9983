using Akka.Actor;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Tests.Coordination;

public sealed class ActiveRunTests
{
    private readonly MachineRun _machine = new(
        MachineRun.Plan, new RunProgress(true, 0, "checkpoints/sft", new HashSet<string> { "sft" }, false));

    [Fact]
    public async Task An_operator_sees_who_works_on_what_and_what_waits()
    {
        using var run = await new FakeFactory(_machine).LoadAsync(FakeFactory.Run, CancellationToken.None);
        run.Machine.Start();
        Assert.Null(run.Details.Throughput);
        run.Join(new FromWorker.Hello("busy", "address-busy", WorkKind.Rollout, 5), ActorRefs.Nobody);
        run.Join(new FromWorker.Hello("idle", "address-idle", WorkKind.Learn, 1), ActorRefs.Nobody);
        var sampled = Pull(run, "busy");
        var done = new FromWorker.Done("busy", sampled.Key, _machine.ResultOf(sampled));
        Assert.True(run.Count(done));
        Assert.False(run.Count(done));
        run.Machine.Complete(sampled.Key.Id, done.Result);
        Pull(run, "busy");
        _machine.Time.Advance(TimeSpan.FromSeconds(7));

        var details = run.Details;

        Assert.Equal(("run", RunStage.Rolling), (details.Status.RunId, details.Status.Stage));
        Assert.Equal((1, 0, 0), (details.Epoch, details.WeightsVersion, details.GivenOutAgain));
        Assert.Equal(2 / 7.0, details.Throughput!.TracesPerSecond, 9);
        Assert.Equal(new WorkQueue(0, 1), details.Queues[WorkKind.Rollout]);
        Assert.Equal(new WorkQueue(2, 0), details.Queues[WorkKind.Judge]);
        Assert.Equal(
            [
                new WorkerDetails(
                    "busy", "address-busy", WorkKind.Rollout, 0, 1, "step-1/rollout/1", WaitsFor: null, 7),
                new WorkerDetails("idle", "address-idle", WorkKind.Learn, 0, 0, WorksOn: null, WaitsFor: null, 7),
            ],
            details.Workers);
    }

    [Fact]
    public async Task A_judge_or_a_node_that_is_slow_is_named_with_how_much_waits_for_it()
    {
        using var run = await new FakeFactory(_machine).LoadAsync(FakeFactory.Run, CancellationToken.None);
        run.Machine.Start();
        run.Join(new FromWorker.Hello("sampler", "address-1", WorkKind.Rollout, 5), ActorRefs.Nobody);
        run.Join(new FromWorker.Hello("judge", "address-2", WorkKind.Judge, 1), ActorRefs.Nobody);
        var sampled = Pull(run, "sampler");
        _machine.Time.Advance(TimeSpan.FromSeconds(19));
        Assert.Empty(run.Status.Message);
        _machine.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(
            "waiting for samples: 1 under way and 1 to come; sampler has had step-1/rollout/0 for 20 s",
            run.Status.Message);

        var done = new FromWorker.Done("sampler", sampled.Key, _machine.ResultOf(sampled));
        run.Count(done);
        run.Machine.Complete(sampled.Key.Id, done.Result);
        Assert.Empty(run.Status.Message);
        var asked = Pull(run, "judge");
        _machine.Time.Advance(TimeSpan.FromSeconds(35));
        Assert.Equal(
            $"waiting for verdicts of the judge: 1 under way and 1 to come; judge has had {asked.Key.Id} for 35 s",
            run.Status.Message);
    }

    [Fact]
    public async Task A_result_that_counts_leaves_when_its_worker_had_it()
    {
        using var run = await new FakeFactory(_machine).LoadAsync(FakeFactory.Run, CancellationToken.None);
        run.Machine.Start();
        run.Join(new FromWorker.Hello("busy", "address-busy", WorkKind.Rollout, 5), ActorRefs.Nobody);
        _machine.Time.Advance(TimeSpan.FromSeconds(3));
        var begun = _machine.Time.GetUtcNow();
        var sampled = Pull(run, "busy");
        _machine.Time.Advance(TimeSpan.FromSeconds(2));
        var done = new FromWorker.Done("busy", sampled.Key, _machine.ResultOf(sampled));

        run.Count(done);
        run.Count(done);

        var span = new WorkSpan(sampled.Key.Id, "busy", begun, begun.AddSeconds(2));
        Assert.Equal([span], _machine.Spans);
        Assert.Equal(span, WorkSpan.Read(span.ToJson()));
    }

    [Fact]
    public async Task What_learners_did_in_vain_is_given_out_again_without_the_lost_one()
    {
        using var run = await new FakeFactory(_machine).LoadAsync(FakeFactory.Run, CancellationToken.None);
        run.Machine.Start();
        run.Join(new FromWorker.Hello("first", "address-1", WorkKind.Rollout, 5), ActorRefs.Nobody);
        run.Join(new FromWorker.Hello("lost", "address-2", WorkKind.Rollout, 5), ActorRefs.Nobody);
        var vain = Pull(run, "first");
        var told = new FromWorker.Done("first", vain.Key, new LearnerLost("lost", "it ended"));

        Assert.False(run.Count(told));
        Assert.Equal((true, false), (run.HasJoined("first", 1), run.HasJoined("lost", 1)));
        var again = Pull(run, "first");
        Assert.Equal(vain.Key with { Attempt = 2 }, again.Key);

        run.Join(new FromWorker.Hello("lost", "address-2", WorkKind.Rollout, 5), ActorRefs.Nobody);
        Assert.False(run.Count(told));
        Assert.True(run.HasJoined("lost", 1));
        Assert.True(run.Count(new FromWorker.Done("first", again.Key, _machine.ResultOf(again))));
    }

    [Theory]
    [InlineData("first", "second")]
    [InlineData("second", "first")]
    public async Task What_several_do_together_ends_for_all_when_one_of_them_is_lost(string lost, string left)
    {
        var two = new FakeFactory(_machine) { Ranks = 2 };
        using var run = await two.LoadAsync(FakeFactory.Run, CancellationToken.None);
        run.Ledger.Add(
            WorkId.Learn(BatchId.ForStep(1)),
            new LearnWork(1, MachineRun.Weights(0).Blob, MachineRun.Weights(0), Checkpoint: false));
        var vain = Together(run, "first", "second");

        Assert.NotNull(run.Lose(lost));
        Assert.Null(run.Lose(lost));

        run.Renew(new FromWorker.Renew(1, left, [vain.Key]));
        Assert.False(run.Count(new FromWorker.Done(left, vain.Key, new LearnerLost(left, "it is not"))));
        Assert.False(run.Count(new FromWorker.Done(left, vain.Key, _machine.ResultOf(vain))));
        Assert.True(run.HasJoined(left, 1));
        Assert.Equal(vain.Key with { Attempt = 2 }, Together(run, left, "third").Key);
    }

    [Fact]
    public async Task A_learner_that_has_done_its_share_leaves_and_the_update_goes_on()
    {
        var two = new FakeFactory(_machine) { Ranks = 2 };
        using var run = await two.LoadAsync(FakeFactory.Run, CancellationToken.None);
        run.Ledger.Add(
            WorkId.Learn(BatchId.ForStep(1)),
            new LearnWork(1, MachineRun.Weights(0).Blob, MachineRun.Weights(0), Checkpoint: false));
        var update = Together(run, "first", "second");

        Assert.True(run.MayGo("second", here: ""));
        Assert.NotNull(run.Lose("second"));

        Assert.True(run.Count(new FromWorker.Done("first", update.Key, _machine.ResultOf(update))));
    }

    private static Assignment Together(ActiveRun run, params string[] learners)
    {
        foreach (var learner in learners)
        {
            run.Join(new FromWorker.Hello(learner, "address-" + learner, WorkKind.Learn, 1), ActorRefs.Nobody);
            run.Workers.Note(new FromWorker.Pull(1, learner, 1, Direct: "http://" + learner));
        }

        return run.Workers.HandOut(run.Ledger).ToList().ConvertAll(one => Assert.Single(one.Work.Items))[0];
    }

    private static Assignment Pull(ActiveRun run, string worker)
    {
        run.Workers.Note(new FromWorker.Pull(1, worker, 1));
        var (_, work) = Assert.Single(run.Workers.HandOut(run.Ledger));
        return Assert.Single(work.Items);
    }
}
