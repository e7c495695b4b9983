using R1Reward.Policy.Models.Kernels;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary><see cref="Layers.RmsNorm"/> and its gradients, float32 on the CPU.</summary>
internal sealed unsafe class CpuTrainedNorm(Tensor weight, float epsilon)
{
    /// <summary>Norms the rows of a tensor (..., size of the weight).</summary>
    internal void Forward(Tensor x, Tensor y)
    {
        var size = (int)weight.numel();
        float* from = CpuMatrix.Start(x), to = CpuMatrix.Start(y), factors = CpuMatrix.Start(weight);
        TensorThreads.Share((int)(x.numel() / size), (first, end) =>
        {
            for (var row = (long)first * size; row < (long)end * size; row += size)
            {
                RowMath.Norm(from + row, factors, epsilon, to + row, size);
            }
        });
    }

    /// <summary>Computes the gradient of the rows, and adds to that of the weight where it is trained.</summary>
    /// <param name="x">What was normed.</param>
    /// <param name="dy">The gradient of what came out.</param>
    /// <param name="dx">Receives the gradient; may be <paramref name="dy"/>.</param>
    /// <param name="add">Whether <paramref name="dx"/> is added to.</param>
    internal void Backward(Tensor x, Tensor dy, Tensor dx, bool add)
    {
        var size = (int)weight.numel();
        var rows = (int)(x.numel() / size);
        using var scales = empty(rows, dtype: ScalarType.Float32);
        float* rowsOfX = CpuMatrix.Start(x), from = CpuMatrix.Start(dy), to = CpuMatrix.Start(dx);
        float* factors = CpuMatrix.Start(weight), scale = CpuMatrix.Start(scales);
        TensorThreads.Share(rows, (first, end) =>
        {
            for (; first < end; first++)
            {
                scale[first] = RowMath.Scale(rowsOfX + ((long)first * size), epsilon, size);
            }
        });
        if (weight.requires_grad)
        {
            var gradient = CpuGradient.Of(weight);
            TensorThreads.Share(size, (first, end) =>
                RowGradients.NormWeight(rowsOfX, scale, from, rows, size, first, end, gradient));
        }

        TensorThreads.Share(rows, (first, end) =>
        {
            for (; first < end; first++)
            {
                var row = (long)first * size;
                RowGradients.Norm(rowsOfX + row, factors, scale[first], from + row, to + row, size, add);
            }
        });
    }
}
