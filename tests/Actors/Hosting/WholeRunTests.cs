using R1Reward.Actors.Configuration;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class WholeRunTests : IDisposable
{
    private const int Steps = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_that_is_stopped_goes_on_where_it_was_and_leaves_its_whole_folder()
    {
        var stopped = await RunAsync(status => status.Stage is not (RunStage.Loading or RunStage.ColdStart));
        Assert.Equal(RunOutcome.Stopped, stopped.Outcome);
        var before = JsonLines.Read(Folder.Metrics).Count(line => (string?)line["phase"] == "rl");

        var finished = await RunAsync(_ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.InRange(before, 0, Steps - 1);
        Assert.Equal(Enumerable.Range(1, Steps), JsonLines.Read(Folder.Metrics).Where(line => (string?)line["phase"] == "rl").Select(line => (int)line["step"]!));
        Assert.Equal([("eval-rl", 4), ("eval-sft", 2), ("step-1", 4), ("step-2", 4), ("step-3", 4)], Traces());
        Assert.All([Folder.Configuration, Folder.Summary, Folder.Report, Folder.Root + "/journal.jsonl"], path => Assert.True(File.Exists(path), path));
        Assert.NotEmpty(Directory.GetFiles(Folder.TensorBoard));
        Assert.All(["sft", "step-3"], name => Assert.True(File.Exists(Path.Combine(Folder.Checkpoints, name, "config.json")), name));

        var again = await RunAsync(_ => false);
        Assert.Equal(RunOutcome.UserError, again.Outcome);
        Assert.Contains("this run is finished", again.Message);
    }

    [Fact]
    public async Task A_run_on_pictures_learns_from_them_and_judges_noise_at_the_end()
    {
        var finished = await RunAsync(
            _ => false,
            "r1reward.data.scenes.as=image", "r1reward.data.scenes.grid=3", "r1reward.sft.alignment-steps=1", "r1reward.model.init.vision.enabled=on",
            "r1reward.model.init.vision.width=16", "r1reward.model.init.vision.heads=2", "r1reward.model.init.vision.intermediate-size=16");

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome, finished.Message));
        Assert.Equal([("eval-noise", 2), ("eval-rl", 4), ("eval-sft", 2), ("step-1", 4), ("step-2", 4), ("step-3", 4)], Traces());
        Assert.All(JsonLines.Read(Folder.Traces), line => Assert.StartsWith("data:image/png;base64,", (string)line["media"]![0]!, StringComparison.Ordinal));
        Assert.True(File.Exists(Path.Combine(Folder.Checkpoints, "step-3", "preprocessor_config.json")));
    }

    private RunFolder Folder => new(_folder.At("tiny"));

    private IEnumerable<(string, int)> Traces() =>
        JsonLines.Read(Folder.Traces).GroupBy(line => (string)line["sampling"]!).Select(group => (group.Key, group.Count())).Order();

    private Task<RunStatus> RunAsync(Func<RunStatus, bool> stop, params string[] more) =>
        TinyRun.RunAsync(Configurations.Load(null, [.. TinyRun.Settings(_folder.Path, Steps), .. more], _ => null), Folder, stop);
}
