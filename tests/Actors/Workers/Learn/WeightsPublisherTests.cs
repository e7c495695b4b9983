using R1Reward.Actors.Bulk;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;
using static TorchSharp.torch;

namespace R1Reward.Actors.Tests.Workers.Learn;

public sealed class WeightsPublisherTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Where_nobody_samples_the_same_files_are_served_without_a_copy_in_memory()
    {
        var settings = RunSettings.Read(TinyRun.Configuration(_folder.Path, 1).Reader());
        var run = new RunFolder(_folder.At("tiny"));
        var start = StartingModel.Prepare(settings, run, PairSources.Open(settings));
        using var model = Checkpoint.Load(start, CPU, ScalarType.Float32);
        var tokenizer = Tokenizer.Load(start, model.Config.VocabularySize);
        await using var hub = await BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, "", _folder.At("cache")));
        using var shared = new WeightsPublisher(hub, samplesHere: true);
        using var served = new WeightsPublisher(hub, samplesHere: false);

        var both = shared.Publish(1, mark: 1, model, tokenizer).Blob;
        var files = Enumerable.Range(1, 5).Select(version => served.Publish(version, 2, model, tokenizer).Blob).Last();

        Assert.NotNull(hub.Shared<CausalLM>(both.Name));
        Assert.Null(hub.Shared<CausalLM>(files.Name));
        Assert.Equal(both.Files, files.Files);
        Assert.True(await hub.IsServedAsync(files));
    }
}
