using R1Reward.Actors.Bulk;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Data.Files;
using R1Reward.Data.Randomness;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Coordination.Records;

/// <summary>Whatever kills a coordinator, what its run leaves is what an undisturbed run leaves.</summary>
public sealed class ExactlyOnceTests : IAsyncLifetime
{
    private const int Never = int.MaxValue;

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

        // The rest is what a coordinator writes when it starts, when weights are lost, when a run is stopped, and for
        // scalar models, whose runs have no reinforcement (ScalarRunTests).
        JournalKind[] elsewhere =
        [
            JournalKind.EpochStarted, JournalKind.RolledBack, JournalKind.StepSaved, JournalKind.ScalarBegun,
            JournalKind.ScalarDone,
        ];
        var kinds = Enum.GetValues<JournalKind>().Except(elsewhere);
        Assert.Superset(
            kinds.SelectMany(kind => new[] { $"{kind} before", $"{kind} recorded", $"{kind} after" }).ToHashSet(),
            boundaries);
        Assert.Equal(!learnerLives, boundaries.Contains("RolledBack recorded"));
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

    private static bool JournalIsFinished(KilledRun run) =>
        RunProgress.From(Journal.ReadOnly(run.Folder.Root)).Finished;

    private static IEnumerable<int> Lengths(KilledRun run) =>
        JsonLines.Read(run.Folder.Traces).Select(line => (int)line["tokens"]!);
}
