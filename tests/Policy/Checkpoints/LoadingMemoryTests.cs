using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tests.Training;
using R1Reward.Tests.Support;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tests.Checkpoints;

/// <summary>Writes and reads a checkpoint of a gigabyte.</summary>
[Trait("Category", "Slow")]
[Collection(nameof(GradientCheckpointingTests))]
public sealed class LoadingMemoryTests(ITestOutputHelper output)
{
    [PeakMemoryFact]
    public void Loading_takes_the_weights_and_little_more()
    {
        using var folder = new TempFolder();
        // A vocabulary as large as the published ones: one tensor is a third of the whole.
        var config = Some.Config with
        {
            VocabularySize = 150_000,
            HiddenSize = 1024,
            IntermediateSize = 4096,
            Layers = 22,
            Heads = 16,
            KeyValueHeads = 4,
            HeadSize = 64,
        };
        using (var model = new CausalLM(config, CPU, ScalarType.BFloat16))
        {
            Checkpoint.Save(model, folder.Path, maxShardBytes: 300_000_000);
        }

        foreach (var dtype in new[] { ScalarType.BFloat16, ScalarType.Float32 })
        {
            long weights = 0;
            var peak = PeakMemory.Measure(() =>
            {
                using var model = Checkpoint.Load(folder.Path, CPU, dtype);
                weights = model.Parameters.Groups.Sum(group => group.Values.numel() * group.Values.ElementSize);
            });
            var ratio = (double)peak / weights;
            output.WriteLine($"{dtype}: {weights >> 20} MiB of weights, peak {peak >> 20} MiB, ratio {ratio:0.000}");
            Assert.InRange(ratio, 0.95, 1.15);
        }
    }
}
