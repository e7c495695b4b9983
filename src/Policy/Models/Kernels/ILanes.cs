using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// The widest vector that the processor computes with. As a type argument it costs nothing: the compiler makes one
/// version of a kernel for each width.
/// </summary>
/// <typeparam name="TVector">A vector of float32.</typeparam>
internal unsafe interface ILanes<TVector>
    where TVector : struct
{
    /// <summary>How many numbers a vector holds.</summary>
    static abstract int Count { get; }

    /// <summary>Reads the next numbers of memory, which need not be aligned.</summary>
    static abstract TVector Load(float* at);

    /// <summary>A vector of one number.</summary>
    static abstract TVector Fill(float number);

    /// <summary>Gives a * b + sum, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector sum);

    /// <summary>The sums of the numbers of two vectors.</summary>
    static abstract TVector Add(TVector a, TVector b);

    /// <summary>Writes a vector to memory, which need not be aligned.</summary>
    static abstract void Store(TVector vector, float* at);

    /// <summary>Writes a vector, times a factor, to memory, which need not be aligned.</summary>
    static abstract void Store(TVector vector, float factor, float* at);

    /// <summary>The sum of each of four vectors, always in the same order of additions.</summary>
    static abstract Vector128<float> SumEach(TVector a, TVector b, TVector c, TVector d);
}
