using R1Reward.Actors.Bulk;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Files;
using R1Reward.Data.Randomness;
using R1Reward.Tests.Support;
using static R1Reward.Actors.Tests.Coordination.Records.KilledRun;

namespace R1Reward.Actors.Tests.Coordination.Records;

/// <summary>Whatever kills a coordinator, what its run leaves is what an undisturbed run leaves.</summary>
public sealed class ExactlyOnceTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private BulkHub _hub = null!;
    private KilledRun _undisturbed = null!;

    public async Task InitializeAsync()
    {
        _hub = await BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, "", _folder.At("cache")));
        _undisturbed = new KilledRun(_hub, _folder.At("undisturbed"));
        Assert.True(await _undisturbed.LiveAsync(Never, learnerLives: true));
    }

    public async Task DisposeAsync()
    {
        await _hub.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Killed_at_any_boundary_of_journal_and_records_a_run_leaves_everything_once(bool learnerLives)
    {
        var boundaries = new HashSet<string>();
        for (var boundary = 0; ; boundary++)
        {
            var run = new KilledRun(_hub, _folder.At($"run-{boundary}"));
            if (await run.LiveAsync(boundary, learnerLives))
            {
                break;
            }

            Assert.True(await run.LiveAsync(Never, learnerLives));
            Assert.Equal(_undisturbed.Left(), run.Left());
            boundaries.UnionWith(run.Passed);
        }

        // The rest is what a coordinator writes when it starts, before any of these, and what the tests below have.
        JournalKind[] elsewhere =
        [
            JournalKind.EpochStarted, JournalKind.RolledBack, JournalKind.StepSaved, JournalKind.ScalarBegun,
            JournalKind.ScalarDone,
        ];
        AssertPassed(boundaries, [.. Enum.GetValues<JournalKind>().Except(elsewhere)]);
        Assert.Equal(!learnerLives, boundaries.Contains("RolledBack recorded"));
    }

    [Fact]
    public async Task So_does_the_training_of_a_scalar_model() => AssertPassed(
        await KillEverywhereAsync(KilledRun.Plan with { Steps = 0, ScalarSteps = 2 }, askedAfter: Never),
        JournalKind.ScalarBegun,
        JournalKind.ScalarDone);

    [Fact]
    public async Task So_does_a_run_that_is_asked_to_stop_and_writes_a_checkpoint_for_it() => AssertPassed(
        await KillEverywhereAsync(KilledRun.Plan, askedAfter: 1), JournalKind.StepSaved);

    [Fact]
    public async Task So_does_one_that_goes_back_to_its_last_checkpoint_and_is_killed_again_on_the_way()
    {
        // The learner is lost with the coordinator after an update that has no checkpoint.
        var late = 0;
        for (var made = 0; made < 3; late++)
        {
            var run = new KilledRun(_hub, _folder.At($"late-{late}"));
            await run.LiveAsync(late, learnerLives: true);
            made = Journal.ReadOnly(run.Folder.Root).Count(entry => entry.Kind == JournalKind.StepLearned);
        }

        for (var boundary = 0; ; boundary++)
        {
            var run = new KilledRun(_hub, _folder.At($"run-{boundary}"));
            Assert.False(await run.LiveAsync(late, learnerLives: true));
            run.Passed.Clear();
            if (await run.LiveAsync(boundary, learnerLives: false))
            {
                AssertPassed(run.Passed, JournalKind.RolledBack);
                break;
            }

            Assert.True(await run.LiveAsync(Never, learnerLives: false));
            Assert.Equal(_undisturbed.Left(), run.Left());
        }
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    public async Task Twenty_kills_skip_no_prompt_repeat_none_and_favour_no_length(int seed, bool learnerLives)
    {
        var run = new KilledRun(_hub, _folder.At("run"));
        var random = CounterRandom.For(seed, "kills");
        for (var kill = 0; kill < 20; kill++)
        {
            // The last of them may come after the end.
            if (await run.LiveAsync(random.Next(12), learnerLives))
            {
                break;
            }
        }

        if (!JournalIsFinished(run))
        {
            Assert.True(await run.LiveAsync(Never, learnerLives));
        }

        Assert.Equal(_undisturbed.Left(), run.Left());
        Assert.True(Lengths(run).Distinct().Count() > 3);
        Assert.Equal(Lengths(_undisturbed), Lengths(run));
    }

    [Fact]
    public async Task No_update_in_the_journal_is_made_again_while_its_learner_lives()
    {
        for (var boundary = 0; ; boundary++)
        {
            var run = new KilledRun(_hub, _folder.At($"run-{boundary}"));
            if (await run.LiveAsync(boundary, learnerLives: true))
            {
                break;
            }

            var journalled = Journal.ReadOnly(run.Folder.Root).Count(entry => entry.Kind == JournalKind.StepLearned);
            var before = run.Learned.Count;
            Assert.True(await run.LiveAsync(Never, learnerLives: true));
            Assert.Equal(Enumerable.Range(journalled + 1, KilledRun.Plan.Steps - journalled), run.Learned.Skip(before));
        }
    }

    // Kills runs of a plan, one at each boundary, and has them go on: each leaves the same. Says what was passed.
    private async Task<IReadOnlySet<string>> KillEverywhereAsync(RunPlan plan, int askedAfter)
    {
        var undisturbed = new KilledRun(_hub, _folder.At("alone"), plan);
        Assert.True(await undisturbed.LiveAsync(Never, learnerLives: true));
        for (var boundary = 0; ; boundary++)
        {
            var run = new KilledRun(_hub, _folder.At($"run-{boundary}"), plan);
            var hasEnded = await run.LiveAsync(boundary, learnerLives: true, askedAfter);
            if (!JournalIsFinished(run))
            {
                Assert.True(await run.LiveAsync(Never, learnerLives: true));
            }

            Assert.Equal(undisturbed.Left(), run.Left());
            if (hasEnded)
            {
                return run.Passed;
            }
        }
    }

    private static void AssertPassed(IReadOnlySet<string> boundaries, params JournalKind[] kinds) => Assert.Superset(
        kinds.SelectMany(kind => new[] { $"{kind} before", $"{kind} recorded", $"{kind} after" }).ToHashSet(),
        boundaries.ToHashSet());

    private static bool JournalIsFinished(KilledRun run) =>
        RunProgress.From(Journal.ReadOnly(run.Folder.Root)).Finished;

    private static IEnumerable<int> Lengths(KilledRun run) =>
        JsonLines.Read(run.Folder.Traces).Select(line => (int)line["tokens"]!);
}
