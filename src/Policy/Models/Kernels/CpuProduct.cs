using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>A linear layer by <see cref="RowProduct"/> on all threads, for inference: it has no gradient.</summary>
internal static unsafe class CpuProduct
{
    /// <summary>Maps x (..., inputs), contiguous float32 on the CPU, to (..., outputs).</summary>
    internal static Tensor Apply(Tensor x, CpuMatrix matrix)
    {
        var result = empty([.. x.shape[..^1], matrix.Outputs], dtype: ScalarType.Float32, device: CPU);
        var rows = (int)(x.numel() / matrix.Inputs);
        if (rows == 0)
        {
            return result;
        }

        float* from = CpuMatrix.Start(x), to = CpuMatrix.Start(result);
        var parts = Math.Clamp(get_num_threads(), 1, rows);
        if (parts == 1)
        {
            RowProduct.Multiply(from, rows, matrix, to);
        }
        else
        {
            Parallel.For(0, parts, part =>
            {
                var (first, last) = (part * rows / parts, (part + 1) * rows / parts);
                RowProduct.Multiply(
                    from + ((long)first * matrix.Inputs),
                    last - first,
                    matrix,
                    to + ((long)first * matrix.Outputs));
            });
        }

        return result;
    }
}
