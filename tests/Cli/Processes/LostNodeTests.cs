using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>Three processes, one or two of which are killed.</summary>
[Trait("Category", "Slow")]
public sealed class LostNodeTests : IDisposable
{
    private const int Steps = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("KILL", "rollout")]
    [InlineData("KILL", "learner")]
    [InlineData("KILL", "rollout", "learner")]
    [InlineData("STOP", "rollout")]
    [InlineData("STOP", "learner")]
    public async Task Processes_that_are_killed_or_frozen_are_replaced_and_every_sample_is_counted_once(
        string signal, params string[] roles)
    {
        using var run = ProgramRun.Quickstart(_folder.Path, Steps, processes: 3, Patience);
        await run.UpdatedAsync();

        foreach (var role in roles)
        {
            run.Signal(signal, role);
        }

        var ended = await run.EndAsync();

        Assert.Equal(ExitCode.Done, ended.ExitCode);
        Assert.Equal(Enumerable.Range(1, Steps).Select(step => (step, 4)), run.Updates());
        var traces = JsonLines.Read(run.Folder.Traces).Select(line => (string)line["id"]!).ToList();
        Assert.Equal((Steps * 4) + 2 + 4, traces.Count);
        Assert.Equal(traces.Count, traces.Distinct().Count());
        Assert.Contains("it is started again", File.ReadAllText(run.Folder.Log));
    }
}
