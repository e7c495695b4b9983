using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Policy.Adapters;
using R1Reward.Policy.Checkpoints;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class LoraRunTests : IDisposable
{
    private const int Steps = 3;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_run_with_an_adapter_stops_goes_on_and_leaves_small_checkpoints_that_generate()
    {
        var folder = new RunFolder(_folder.At("tiny"));
        var configuration = TinyRun.Configuration(
            _folder.Path, Steps, "r1reward.model.lora.enabled=on", "r1reward.model.lora.rank=2",
            "r1reward.model.lora.dropout=0.1", "r1reward.rl.kl-coefficient=0.1", "r1reward.sft.learning-rate=1e-2");
        var stopped = await TinyRun.RunAsync(configuration, folder, status => status.Step > 0);
        Assert.Equal(
            (RunOutcome.Stopped, ""),
            (stopped.Outcome!.Value, stopped.Outcome == RunOutcome.Stopped ? "" : stopped.Message));

        var finished = await TinyRun.RunAsync(configuration, folder, _ => false);

        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
        var divergences = JsonLines.Read(folder.Metrics)
            .Where(line => (string?)line["phase"] == "rl")
            .Select(line => (double)line["kl"]!)
            .ToList();
        // The reference is the adapter of the cold start: at first it is the policy.
        Assert.Equal(0, divergences[0], 1e-4);
        var (cold, last) = (Path.Combine(folder.Checkpoints, "sft"), Path.Combine(folder.Checkpoints, $"step-{Steps}"));
        Assert.All([cold, last], checkpoint => Assert.Empty(Directory.GetFiles(checkpoint, "model*.safetensors")));
        using var scope = NewDisposeScope();
        using var start = Checkpoint.Load(folder.Model, CPU, ScalarType.Float32);
        using var before = PolicyFolder.Load(cold, CPU, ScalarType.Float32);
        using var after = PolicyFolder.Load(last, CPU, ScalarType.Float32);
        var ids = arange(8, dtype: ScalarType.Int64, device: CPU).view(1, 8);
        Assert.False(start.Hidden(ids).allclose(before.Hidden(ids)));
        Assert.False(before.Hidden(ids).allclose(after.Hidden(ids)));
        Assert.True(
            start.Parameters["model.embed_tokens.weight"].allclose(
                after.Parameters["model.embed_tokens.weight"], 0, 0));
    }
}
