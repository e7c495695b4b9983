using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Training;

/// <summary>What each of several ranks that train a model together keeps allocated, by what they share out.</summary>
public static class ShardedMemory
{
    /// <summary>Bytes of one rank while all weights are trained, activations left out.</summary>
    /// <param name="config">The model.</param>
    /// <param name="dtype">Number format of the weights.</param>
    /// <param name="sharding">What each rank holds a part of alone.</param>
    /// <param name="ranks">How many ranks there are.</param>
    public static TrainingMemory Of(ModelConfig config, ScalarType dtype, Sharding sharding, int ranks)
    {
        var estimate = new MemoryEstimate(config);
        var whole = estimate.Training(dtype);
        if (sharding == Sharding.None || ranks == 1)
        {
            return whole;
        }

        // Half of the masters of a bfloat16 model are sums of gradients.
        var sums = whole.Masters / 2;
        var cut = whole with { Moments = whole.Moments / ranks, Masters = sums + (sums / ranks) };
        if (sharding == Sharding.Optimizer)
        {
            return cut;
        }

        cut = cut with
        {
            Gradients = AtATime(config, dtype)
                + (dtype == ScalarType.Float32 ? whole.Gradients / ranks : 0),
            Masters = 2 * sums / ranks,
        };
        return sharding == Sharding.Gradients
            ? cut
            : cut with { Weights = (whole.Weights / ranks) + InUse(config, dtype) };
    }

    /// <summary>The weights that are there beside a rank's part: of a layer, of the next one, and of none.</summary>
    private static long InUse(ModelConfig config, ScalarType dtype)
    {
        var byLayer = ModelLayout.Specs(config).ToLookup(
            spec => GradientBuckets.LayerOf(spec.Name), spec => spec.Count);
        var layer = Enumerable.Range(0, config.Layers).Max(number => byLayer[number].Sum());
        return ((Math.Min(2, config.Layers) * layer) + byLayer[-1].Sum() + byLayer[GradientBuckets.OutputLayer].Sum())
            * (dtype == ScalarType.Float32 ? 4 : 2);
    }

    /// <summary>
    /// The most that there is of gradients before they are exchanged: those of a layer, and of the embedding where it
    /// is the output layer as well; at the end those of the embedding and of towers. Beside them are those that are
    /// exchanged, in float32: of another layer while the pass goes on, else of the largest weight.
    /// </summary>
    private static long AtATime(ModelConfig config, ScalarType dtype)
    {
        var byLayer = ModelLayout.Specs(config).ToLookup(spec => GradientBuckets.LayerOf(spec.Name));
        var layer = Enumerable.Range(0, config.Layers).Select(number => byLayer[number].ToList())
            .MaxBy(weights => weights.Sum(spec => spec.Count))!;
        var embedding = config.TieWordEmbeddings ? byLayer[-1].Max(spec => spec.Count) : 0;
        return Math.Max(Bytes(layer, embedding, true), Bytes([.. byLayer[-1]], 0, false));

        long Bytes(List<ParameterSpec> weights, long beside, bool together)
        {
            var all = weights.Sum(spec => spec.Count);
            var exchanged = together ? all : dtype == ScalarType.Float32 ? 0 : weights.Max(spec => spec.Count);
            return ((dtype == ScalarType.Float32 ? 4 : 2) * (all + beside)) + (4 * exchanged);
        }
    }
}
