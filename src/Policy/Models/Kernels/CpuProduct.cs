using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>A linear layer by <see cref="RowProduct"/> on all threads, for inference: it has no gradient.</summary>
internal static unsafe class CpuProduct
{
    // With fewer rows for each thread, reading the weights is most of the work, and libtorch shares that by outputs.
    private const int LeastRows = 4;

    private const int CacheLine = 64;

    /// <summary>Whether there are rows enough for the threads of the caller to share them.</summary>
    internal static bool Pays(long rows) =>
        get_num_threads() is var threads && (threads == 1 || rows >= LeastRows * threads);

    /// <summary>Maps x (..., inputs), contiguous float32 on the CPU, to (..., outputs).</summary>
    internal static Tensor Apply(Tensor x, CpuMatrix matrix)
    {
        var result = empty([.. x.shape[..^1], matrix.Outputs], dtype: ScalarType.Float32, device: CPU);
        var rows = (int)(x.numel() / matrix.Inputs);
        float* from = CpuMatrix.Start(x), to = CpuMatrix.Start(result);
        var parts = Math.Max(1, Math.Min(get_num_threads(), rows));
        if (parts == 1)
        {
            Multiply(0);
        }
        else
        {
            Parallel.For(0, parts, Multiply);
        }

        return result;

        void Multiply(int part)
        {
            var (first, last) = (part * rows / parts, (part + 1) * rows / parts);
            var bytes = (nuint)RowPanels.Padded(last - first) * (nuint)matrix.Inputs * sizeof(float);
            var room = (float*)NativeMemory.AlignedAlloc(bytes, CacheLine);
            var panels = new RowPanels(room, last - first, matrix.Inputs);
            RowProduct.Multiply(
                panels.Packed(from + ((long)first * matrix.Inputs)), matrix, to + ((long)first * matrix.Outputs));
            NativeMemory.AlignedFree(room);
        }
    }
}
