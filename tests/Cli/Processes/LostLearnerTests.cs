using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>Two learners in processes of their own, one of which is killed again and again.</summary>
[Trait("Category", "Slow")]
public sealed class LostLearnerTests : IDisposable
{
    private const int Steps = 30;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The first rank, which is the one with more roles, announces the weights.</summary>
    [Theory]
    [InlineData("learner\0", "sharding=none")]
    [InlineData("learner,sft", "sharding=none")]
    [InlineData("learner\0", "sharding=gradients", "replicate=on")]
    [InlineData("learner,sft", "sharding=optimizer", "replicate=on")]
    [InlineData("learner,sft", "sharding=parameters", "replicate=on")]
    public async Task Updates_go_on_without_a_rank_that_is_killed_and_none_is_made_twice(
        string killed, params string[] learner)
    {
        using var run = ProgramRun.Quickstart(
            _folder.Path, Steps, processes: 3, Patience,
            [
                "--set", "r1reward.learner.ranks=2", "--set", "r1reward.learner.gather-timeout=2 m",
                "--set", "r1reward.checkpoints.every=0",
                .. learner.SelectMany(setting => new[] { "--set", $"r1reward.learner.{setting}" }),
            ]);
        bool Together() => JsonLines.Read(run.Folder.Metrics).Any(line => line["learners"] is not null);
        await run.SeenAsync(() => File.Exists(run.Folder.Metrics) && Together());

        run.Signal("KILL", killed);

        var ended = await run.EndAsync();

        Assert.Equal(ExitCode.Done, ended.ExitCode);
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (step, 4)), run.Updates());
        Assert.DoesNotContain(run.Journal(), line => (string?)line["kind"] == "rolled-back");
        var learners = JsonLines.Read(run.Folder.Metrics)
            .Where(line => (string?)line["phase"] == "rl")
            .Select(line => (int?)line["learners"]);
        Assert.All(learners, ranks => Assert.Equal(2, ranks));
        Assert.Contains("it is started again", File.ReadAllText(run.Folder.Log));
    }

    [Theory]
    [InlineData("learner,sft")]
    [InlineData("sft\0")]
    public async Task A_cold_start_goes_on_without_a_rank_that_is_killed_and_makes_no_step_twice(string killed)
    {
        const int steps = 150;
        using var run = ProgramRun.Quickstart(
            _folder.Path, 1, processes: 3, Patience,
            "--set", "r1reward.sft-worker.ranks=2", "--set", "r1reward.learner.gather-timeout=2 m",
            "--set", $"r1reward.sft.steps={steps}", "--set", "r1reward.sft.checkpoint-every=0");
        bool IsUnderWay() => JsonLines.Read(run.Folder.Metrics).Count() > steps / 10;
        await run.SeenAsync(() => File.Exists(run.Folder.Metrics) && IsUnderWay());

        run.Signal("KILL", killed);

        var ended = await run.EndAsync();

        Assert.Equal(ExitCode.Done, ended.ExitCode);
        var made = JsonLines.Read(run.Folder.Metrics).Where(line => (string?)line["phase"] == "sft").ToList();
        Assert.Equal(Enumerable.Range(1, steps), made.Select(line => (int)line["step"]!));
        Assert.All(made, line => Assert.Equal(2, (int?)line["learners"]));
        Assert.Contains("it is started again", File.ReadAllText(run.Folder.Log));
    }
}
