using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>Bytes that stay allocated during training, activations left out.</summary>
/// <param name="Weights">The model.</param>
/// <param name="Gradients">In the model's number format.</param>
/// <param name="Moments">AdamW's two, in float32.</param>
/// <param name="Masters">Of a bfloat16 model: float32 weights and float32 gradient sums.</param>
public sealed record TrainingMemory(long Weights, long Gradients, long Moments, long Masters)
{
    /// <summary>All of it.</summary>
    public long Total => Weights + Gradients + Moments + Masters;

    internal static TrainingMemory Of(long weights, long trained, ScalarType dtype) =>
        dtype == ScalarType.Float32 ? new(weights, 4 * trained, 8 * trained, 0) : new(weights, 2 * trained, 8 * trained, 8 * trained);
}
