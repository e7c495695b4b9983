using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>Bytes that stay allocated during training, activations left out.</summary>
/// <param name="Weights">The model's weights.</param>
/// <param name="Gradients">In the model's number format.</param>
/// <param name="Moments">AdamW's two moments, in float32.</param>
/// <param name="Masters">Float32 weights and float32 gradient sums of a bfloat16 model.</param>
public sealed record TrainingMemory(long Weights, long Gradients, long Moments, long Masters)
{
    /// <summary>The sum of the four.</summary>
    public long Total => Weights + Gradients + Moments + Masters;

    /// <summary>The memory of training some of a model's weights.</summary>
    /// <param name="weights">Bytes of all weights.</param>
    /// <param name="trained">Number of trained weights.</param>
    /// <param name="dtype">Number format of the trained weights.</param>
    internal static TrainingMemory Estimate(long weights, long trained, ScalarType dtype) => dtype == ScalarType.Float32
        ? new(weights, 4 * trained, 8 * trained, 0)
        : new(weights, 2 * trained, 8 * trained, 8 * trained);
}
