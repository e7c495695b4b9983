using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tensors;

/// <summary>
/// Plain numbers on their way to the tensor library and back. TorchSharp 0.107.0 hands the native memory of a
/// <see cref="Scalar"/> to a native call and keeps nothing that refers to the object: if a garbage collection comes
/// in between, the finalizer frees the number before the call has read it, and the call fails ("Unknown scalar type",
/// "Expected false to be true") or computes with another number. It is rare on idle cores, and seen within a hundred
/// training steps where a process has one core. So numbers are given as <see cref="Kept(double)"/>, and members that
/// make a scalar of their own (<c>a + b</c> and <c>add(b)</c> with a factor of 1, <c>square</c>, <c>ToDouble</c>) are
/// not used: a test of the compiled assemblies names each.
/// </summary>
internal static class Numbers
{
    /// <summary>The number 1, which lives as long as the process.</summary>
    public static readonly Scalar One = 1;

    /// <summary>
    /// The scalars that a thread made last. A native call returns before its thread has made as many more, since no
    /// member takes more than three.
    /// </summary>
    [ThreadStatic]
    private static Scalar[]? _latest;

    [ThreadStatic]
    private static int _next;

    /// <summary>A number as the tensor library takes it, alive until the thread has made 64 more.</summary>
    public static Scalar Kept(double value) => Keep(value);

    /// <summary>A whole number as the tensor library takes it, alive until the thread has made 64 more.</summary>
    public static Scalar Kept(long value) => Keep(value);

    /// <summary>The sum of two tensors of shapes that broadcast.</summary>
    public static Tensor Plus(this Tensor x, Tensor y) => x.add(y, One);

    /// <summary>Each element plus a number.</summary>
    public static Tensor Plus(this Tensor x, double number) => x.add(Kept(number), One);

    /// <summary>Each element plus a whole number; whole numbers stay whole.</summary>
    public static Tensor Plus(this Tensor x, long number) => x.add(Kept(number), One);

    /// <summary>1 minus each element.</summary>
    public static Tensor OneMinus(this Tensor x) => x.neg().add(One, One);

    /// <summary>Each element times itself.</summary>
    public static Tensor Squared(this Tensor x) => x.pow(Kept(2));

    /// <summary>The whole numbers from 0 up to a limit that is left out.</summary>
    public static Tensor Range(long limit, ScalarType dtype, Device device) =>
        arange(Kept(0), Kept(limit), One, dtype: dtype, device: device);

    /// <summary>The only element of a tensor.</summary>
    public static double Value(this Tensor x)
    {
        using var element = x.ToScalar();
        return element.ToDouble();
    }

    private static Scalar Keep(Scalar scalar)
    {
        _latest ??= new Scalar[64];
        _latest[_next] = scalar;
        _next = (_next + 1) % _latest.Length;
        return scalar;
    }
}
