using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Hosting;

public sealed class SupervisedRunTests : IDisposable
{
    private static readonly string[] _supervised =
        ["r1reward.sft.steps=5", "r1reward.sft.checkpoint-every=1", "r1reward.eval.pairs=3"];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("off")]
    [InlineData("on")]
    public async Task Held_out_pairs_are_judged_during_training_and_the_weights_do_not_depend_on_it(string lora)
    {
        string[] settings = [.. _supervised, $"r1reward.model.lora.enabled={lora}", "r1reward.model.lora.dropout=0.1"];
        var (plain, judged) = (new RunFolder(_folder.At("plain", "tiny")), new RunFolder(_folder.At("judged", "tiny")));
        await RunAsync("plain", plain, settings);
        await RunAsync("judged", judged, [.. settings, "r1reward.sft.evaluate-every=2"]);

        var lines = JsonLines.Read(judged.Metrics).Where(line => (string?)line["phase"] == "sft").ToList();
        var with = lines.Where(line => line["held-out-accuracy"] is not null).ToList();
        Assert.Equal([2, 4], with.Select(line => (int)line["step"]!));
        Assert.All(with, line => Assert.InRange((double)line["held-out-accuracy"]!, 0, 1));
        Assert.All(with, line => Assert.InRange((double)line["held-out-unreadable"]!, 0, 1));
        Assert.Equal(Weights(plain), Weights(judged));
    }

    [Fact]
    public async Task Answers_alone_are_learned_to_the_end()
    {
        var folder = new RunFolder(_folder.At("answers", "tiny"));
        await RunAsync(
            "answers",
            folder,
            [.. _supervised, "r1reward.sft.reasoning=off", "r1reward.sft.targets=published"]);

        Assert.NotEmpty(Weights(folder));
    }

    private async Task RunAsync(string name, RunFolder folder, string[] settings)
    {
        var finished = await TinyRun.RunAsync(
            TinyRun.Configuration(_folder.At(name), 0, settings), folder, _ => false);
        Assert.Equal((RunOutcome.Finished, ""), (finished.Outcome!.Value, finished.Message));
    }

    private static byte[] Weights(RunFolder folder) => File.ReadAllBytes(
        Directory.GetFiles(folder.Absolute(RunFolder.ColdStart), "*model.safetensors").Single());
}
