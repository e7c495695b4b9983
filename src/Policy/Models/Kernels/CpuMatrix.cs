using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Where a linear layer's weights lie in memory, float32 on the CPU. They are read where they are, so new values of the
/// weights are seen; the tensors have to outlive this.
/// </summary>
/// <param name="weight">The matrix (outputs, inputs), one output after the other.</param>
/// <param name="bias">The bias (outputs); null for none.</param>
/// <param name="inputs">Numbers of a row that goes in.</param>
/// <param name="outputs">Numbers of a row that comes out.</param>
internal readonly unsafe struct CpuMatrix(float* weight, float* bias, int inputs, int outputs)
{
    internal float* Weight { get; } = weight;

    internal float* Bias { get; } = bias;

    internal int Inputs { get; } = inputs;

    internal int Outputs { get; } = outputs;

    /// <summary>The weights and biases of some outputs, fewer where the matrix ends.</summary>
    internal CpuMatrix Slice(int first, int count) => new(
        Weight + ((long)first * Inputs), Bias is null ? null : Bias + first, Inputs, Math.Min(count, Outputs - first));

    /// <summary>The weights of a layer.</summary>
    internal static CpuMatrix From(Tensor weight, Tensor? bias) =>
        new(Start(weight), bias is null ? null : Start(bias), (int)weight.size(1), (int)weight.size(0));

    /// <summary>Whether kernels can read a tensor: contiguous float32 on the CPU, within what a span holds.</summary>
    internal static bool Fits(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU
        && tensor.dtype == ScalarType.Float32
        && tensor.is_contiguous()
        && tensor.numel() * sizeof(float) < int.MaxValue;

    /// <summary>The first number of a contiguous int64 tensor on the CPU.</summary>
    internal static long* StartOfWhole(Tensor tensor) =>
        (long*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));

    /// <summary>The first number of a contiguous float32 tensor on the CPU.</summary>
    internal static float* Start(Tensor tensor) =>
        (float*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(tensor.bytes));
}
