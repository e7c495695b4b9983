using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>Which keys each query of one forward pass sees, made once and read by every layer.</summary>
/// <param name="AdditiveBTT">0 where visible, minus infinity elsewhere, (B or 1, T, T); null on a device whose fused kernel is causal by itself.</param>
internal readonly record struct AttentionMask(Tensor? AdditiveBTT)
{
    /// <summary>
    /// Rows padded on the right: what a real token sees lies before it, so the causal triangle is all that is needed.
    /// </summary>
    internal static AttentionMask Causal(long tokens, Device device, ScalarType dtype) =>
        device.type == TorchSharp.DeviceType.CPU ? new(Triangle(tokens, device, dtype).unsqueeze(0)) : new(null);

    /// <summary>Any padding: <paramref name="realBT"/> is 1 at real tokens. A padding position sees itself, so that no row is empty.</summary>
    internal static AttentionMask Padded(Tensor realBT, ScalarType dtype)
    {
        using var scope = NewDisposeScope();
        var tokens = realBT.size(1);
        var itself = eye(tokens, dtype: ScalarType.Bool, device: realBT.device);
        var hidden = realBT.eq(0).unsqueeze(1) & itself.logical_not();
        return new((Triangle(tokens, realBT.device, dtype).unsqueeze(0) + zeros([realBT.size(0), 1, 1], dtype: dtype, device: realBT.device))
            .masked_fill(hidden, double.NegativeInfinity).MoveToOuterDisposeScope());
    }

    private static Tensor Triangle(long tokens, Device device, ScalarType dtype) =>
        full([tokens, tokens], double.NegativeInfinity, dtype: dtype, device: device).triu_(1);
}
