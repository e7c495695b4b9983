using R1Reward.Policy.Models.Audio;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// Bytes that a model takes, from its configuration alone: what this program allocates, without the libraries
/// themselves.
/// </summary>
/// <param name="config">The model.</param>
public sealed class MemoryEstimate(ModelConfig config)
{
    private static readonly string[] _withoutAdapter =
    [
        DecoderLayout.Embedding, ModelLayout.Head, ModelLayout.ScoreModule + ".weight", VisionLayout.PositionTable,
        AudioLayout.Positions, AudioLayout.Marks,
    ];

    private readonly IReadOnlyList<ParameterSpec> _specs = ModelLayout.Specs(config);

    /// <summary>Number of weights; tied ones count once.</summary>
    public long Parameters => _specs.Sum(spec => spec.Count);

    /// <summary>Bytes of the weights in a number format.</summary>
    public long Weights(ScalarType dtype) => Parameters * SizeOf(dtype);

    /// <summary>Bytes of the keys and values of one token of one sequence over all layers.</summary>
    public long CachePerToken(ScalarType dtype) => KvCache.BytesOfOneToken(config, dtype);

    /// <summary>Number of weights of a LoRA adapter on every linear layer but the output layer.</summary>
    public long AdapterParameters(int rank) => _specs
        .Where(spec => spec.Shape.Length == 2 && !_withoutAdapter.Contains(spec.Name))
        .Sum(spec => rank * (spec.Shape[0] + spec.Shape[1]));

    /// <summary>Bytes that stay allocated while all weights are trained.</summary>
    public TrainingMemory Training(ScalarType dtype) => TrainingMemory.Estimate(Weights(dtype), Parameters, dtype);

    /// <summary>Bytes that stay allocated while an adapter, which is float32, is trained on frozen weights.</summary>
    public TrainingMemory AdapterTraining(ScalarType dtype, long adapterParameters)
    {
        var bytes = adapterParameters * SizeOf(ScalarType.Float32);
        var adapter = TrainingMemory.Estimate(bytes, adapterParameters, ScalarType.Float32);
        return adapter with { Weights = adapter.Weights + Weights(dtype) };
    }

    /// <summary>
    /// What a training pass of the decoder keeps for the gradients: per layer two norms, and those of queries and keys
    /// (their float32 input, the scaled and the weighted states), queries, keys, values and what attention gives, the
    /// attention weights where no fused kernel computes them again, and four times the feed-forward width. Those of
    /// towers are not counted.
    /// </summary>
    /// <param name="dtype">Number format of the computation.</param>
    /// <param name="rows">Sequences of the pass.</param>
    /// <param name="length">Tokens of each, padding included.</param>
    /// <param name="checkpointing">
    /// Whether only the input of each layer is kept and one layer at a time is computed again.
    /// </param>
    /// <param name="fusedAttention">Whether attention weights are not kept: on CUDA.</param>
    public long Activations(ScalarType dtype, long rows, long length, bool checkpointing, bool fusedAttention)
    {
        var size = SizeOf(dtype);
        long hidden = config.HiddenSize;
        long queries = config.Heads * config.HeadSize;
        long keys = config.KeyValueHeads * config.HeadSize;
        var normed = (2 * hidden) + (config.Family.QueryKeyNorm ? queries + keys : 0);
        var norms = normed * (SizeOf(ScalarType.Float32) + (2 * size));
        var attention = (2 * queries) + (2 * keys) + (fusedAttention ? 0 : config.Heads * length);
        var layer = norms + (size * (attention + (4L * config.IntermediateSize)));
        return rows * length * (checkpointing ? layer + (size * hidden * config.Layers) : layer * config.Layers);
    }

    private static long SizeOf(ScalarType dtype) => dtype == ScalarType.Float32 ? 4 : 2;
}
