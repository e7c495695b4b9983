using R1Reward.Actors.Hosting;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>One of three nodes is stopped for good, and what it does another one can do.</summary>
[Trait("Category", "Slow")]
public sealed class FrozenNodeTests : IDisposable
{
    private const int Steps = 40;
    private const string Everything = "coordinator,rollout,learner,sft,reward,judge";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_run_goes_on_without_the_node_that_coordinated_it()
    {
        await using var run = new ClusterRun(_folder.Path, Steps, Patience, Everything, Everything, Everything);
        var coordinator = await run.UpAsync();
        await run.LearnedAsync();

        run.Freeze(coordinator);

        await CompletesAsync(run);
        Assert.True(run.Command.Journal().Max(line => (int)line["Epoch"]!) > 1, "nobody took over");
    }

    [Fact]
    public async Task The_run_goes_on_without_the_learner_whose_update_was_just_made()
    {
        await using var run = new ClusterRun(
            _folder.Path, Steps, Patience, "coordinator,rollout,sft,reward,judge", "learner", "learner");
        await run.UpAsync();

        run.Freeze(await run.LearnedAsync());

        await CompletesAsync(run);
    }

    /// <summary>Within the ten minutes of a rank that may still be computing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_run_goes_on_without_one_of_the_learners_that_make_an_update_together(bool first)
    {
        await using var run = new ClusterRun(
            _folder.Path,
            Steps,
            Patience,
            ["r1reward.learner.ranks=2", "r1reward.learner.gather-timeout=5 s"],
            ["coordinator,rollout,sft,reward,judge", "learner", "learner"]);
        await run.UpAsync();
        var announced = await run.LearnedAsync();

        run.Freeze(first ? announced : run.LastBut(announced));

        await CompletesAsync(run);
        Assert.DoesNotContain(run.Command.Journal(), line => (string?)line["Kind"] == "RolledBack");
    }

    private static async Task CompletesAsync(ClusterRun run)
    {
        var ended = await run.Command.EndAsync();

        Assert.True(ended.ExitCode == ExitCode.Done, ended.Error);
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (step, 4)), run.Command.Updates());
        var traces = JsonLines.Read(run.Command.Folder.Traces).Select(line => (string)line["id"]!).ToList();
        Assert.Equal((Steps * 4) + 2 + 4, traces.Count);
        Assert.Equal(traces.Count, traces.Distinct().Count());
        Assert.InRange(run.LongestPause(), TimeSpan.Zero, LongestPause);
    }
}
