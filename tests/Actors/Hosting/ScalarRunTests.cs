using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Policy.Heads;
using R1Reward.Policy.Training;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class ScalarRunTests : IDisposable
{
    private static readonly string[] _scalar =
    [
        "r1reward.sft.enabled=off", "r1reward.rl.steps=0", "r1reward.srm.enabled=on", "r1reward.srm.steps=6",
        "r1reward.srm.batch-size=4", "r1reward.srm.evaluate-every=2", "r1reward.srm.checkpoint-every=1",
        "r1reward.eval.pairs=8",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_trains_a_scalar_model_scores_held_out_pairs_and_leaves_a_folder_that_scores()
    {
        var folder = new RunFolder(_folder.At("tiny"));
        var configuration = TinyRun.Configuration(_folder.Path, 0, _scalar);
        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        var lines = JsonLines.Read(folder.Metrics).Where(line => (string?)line["phase"] == "srm").ToList();
        Assert.Equal([1, 2, 3, 4, 5, 6], lines.Select(line => (int)line["step"]!));
        var evaluated = lines.Where(line => line["held-out-accuracy"] is not null);
        Assert.Equal([2, 4], evaluated.Select(line => (int)line["step"]!));
        var found = RunSummary.Read(folder.Summary)!.Evaluations["srm"];
        Assert.Equal(8, found.Pairs);
        Assert.InRange(found.Accuracy!.Value, 0, 1);
        Assert.Contains("Loss of the scalar model", File.ReadAllText(folder.Report));
        Assert.Empty(Partial(folder));
        using var model = ScalarFolder.Load(folder.Absolute(RunFolder.Scalar), CPU, ScalarType.Float32);
        var score = ScalarPass.Evaluate(model, [new ScalarRow([1, 2, 3])], 100)[0][0];
        Assert.InRange(score, 0, 1);
    }

    [Fact]
    public async Task A_cold_start_comes_first_where_there_is_one_and_the_scalar_model_goes_on_from_it()
    {
        var folder = new RunFolder(_folder.At("tiny"));
        var configuration = TinyRun.Configuration(_folder.Path, 0, [.. _scalar, "r1reward.sft.enabled=on"]);
        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        var phases = JsonLines.Read(folder.Metrics).Select(line => (string)line["phase"]!).Distinct();
        Assert.Equal(["sft", "srm", "eval-srm"], phases);
        Assert.Equal(["srm"], RunSummary.Read(folder.Summary)!.Evaluations.Keys);
        Assert.True(ScalarFolder.IsIn(folder.Absolute(RunFolder.Scalar)));
    }

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public async Task A_stopped_training_goes_on_to_the_same_weights(string lora)
    {
        string[] settings = [.. _scalar, $"r1reward.model.lora.enabled={lora}", "r1reward.model.lora.rank=2"];
        var (whole, broken) = (new RunFolder(_folder.At("whole", "tiny")), new RunFolder(_folder.At("broken", "tiny")));
        await TinyRun.RunAsync(TinyRun.Configuration(_folder.At("whole"), 0, settings), whole, _ => false);
        var interrupted = TinyRun.Configuration(_folder.At("broken"), 0, settings);
        var stopped = await TinyRun.RunAsync(interrupted, broken, status => status.Step > 0);
        if (stopped.Outcome == RunOutcome.Stopped)
        {
            Assert.NotEmpty(Partial(broken));
            stopped = await TinyRun.RunAsync(interrupted, broken, _ => false);
        }

        Assert.Equal((RunOutcome.Finished, ""), (stopped.Outcome!.Value, stopped.Message));
        Assert.Equal(Weights(whole), Weights(broken));
        Assert.Equal(Means(whole), Means(broken));
    }

    private static string[] Partial(RunFolder folder) =>
        Directory.GetDirectories(folder.Checkpoints, Path.GetFileName(RunFolder.ScalarPartial) + "*");

    // Running means go on from the checkpoint as well.
    private static double[] Means(RunFolder folder) =>
    [
        .. JsonLines.Read(folder.Metrics)
            .Where(line => line["pair-loss-mean"] is not null)
            .SelectMany(line => new[] { (double)line["pair-loss-mean"]!, (double)line["accuracy-mean"]! }),
    ];

    private static byte[] Weights(RunFolder folder) =>
        File.ReadAllBytes(Path.Combine(folder.Absolute(RunFolder.Scalar), "model.safetensors"));
}
