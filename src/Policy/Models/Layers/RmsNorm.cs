using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Layers;

/// <summary>
/// Root-mean-square norm (Zhang and Sennrich 2019): x / sqrt(mean(x^2) + epsilon) over the last axis, computed in
/// float32 and rounded to the working number format, then times the weight.
/// </summary>
internal static class RmsNorm
{
    private static readonly long[] Last = [-1];

    internal static Tensor Apply(Tensor x, Tensor weight, double epsilon)
    {
        using var scope = NewDisposeScope();
        var wide = x.dtype == ScalarType.Float32 ? x : x.to(ScalarType.Float32);
        var scaled = wide * (wide * wide).mean(Last, keepdim: true).add_(Kept(epsilon), One).rsqrt();
        return ((x.dtype == ScalarType.Float32 ? scaled : scaled.to(x.dtype)) * weight).MoveToOuterDisposeScope();
    }
}
