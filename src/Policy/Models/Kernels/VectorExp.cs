using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// The exponential of eight float32 numbers, within two units of the last place; the framework's own computes in
/// float64. e^x = 2^n e^r with n the nearest whole number to x / ln 2; e^r is a polynomial of degree seven, its Taylor
/// series, which at |r| &lt;= ln 2 / 2 is exact to 1e-8 of its value.
/// </summary>
internal static class VectorExp
{
    // ln 2 in two parts: the first has so few bits that its product with n is exact.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;

    /// <summary>e^x; 0 below -87.3, where float32 ends, and infinity nowhere: x above 88 counts as 88.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Of(Vector256<float> x)
    {
        var bounded = Vector256.Min(Vector256.Max(x, Vector256.Create(-87.3f)), Vector256.Create(88f));
        var n = Vector256.Round(bounded * (1 / MathF.Log(2)));
        var r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2High), bounded);
        r = Vector256.FusedMultiplyAdd(n, Vector256.Create(-Ln2Low), r);
        var sum = Vector256.FusedMultiplyAdd(r, Vector256.Create(1 / 5040f), Vector256.Create(1 / 720f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 120f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 24f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(1 / 6f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256.Create(0.5f));
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256<float>.One);
        sum = Vector256.FusedMultiplyAdd(sum, r, Vector256<float>.One);
        var power = (Vector256.ConvertToInt32(n) + Vector256.Create(127)) << 23;
        var e = sum * power.AsSingle();
        return Vector256.ConditionalSelect(Vector256.LessThan(x, Vector256.Create(-87.3f)), Vector256<float>.Zero, e);
    }
}
