using R1Reward.Policy.Models.Kernels;
using R1Reward.Policy.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// A linear layer and its gradients by <see cref="PackedProduct"/>, float32 on the CPU. It looks for its weights anew
/// at every use, since ranks may hold parts of them.
/// </summary>
internal sealed unsafe class CpuTrainedLinear(Linear layer)
{
    /// <summary>Computes x W^T + b, or adds it to what the result holds.</summary>
    internal void Forward(float* x, int rows, float* y, bool add = false)
    {
        var matrix = CpuMatrix.From(layer.Weight, layer.Bias);
        if (matrix.Bias is not null)
        {
            TensorThreads.Share(rows, (from, to) =>
            {
                for (var row = y + ((long)from * matrix.Outputs); from < to; from++, row += matrix.Outputs)
                {
                    RowMath.Add(matrix.Bias, row, matrix.Outputs, add);
                }
            });
        }

        PackedProduct.Multiply(
            Strided.Of(x, matrix.Inputs),
            Strided.Of(matrix.Weight, matrix.Inputs).Transposed,
            y,
            rows,
            matrix.Outputs,
            matrix.Inputs,
            add || matrix.Bias is not null);
    }

    /// <summary>Computes the gradient of the inputs, or adds it to what the result holds.</summary>
    internal void BackwardToInput(float* dy, int rows, float* dx, bool add = false)
    {
        var matrix = CpuMatrix.From(layer.Weight, layer.Bias);
        PackedProduct.Multiply(
            Strided.Of(dy, matrix.Outputs),
            Strided.Of(matrix.Weight, matrix.Inputs),
            dx,
            rows,
            matrix.Inputs,
            matrix.Outputs,
            add);
    }

    /// <summary>Adds to the gradients of the weights that are trained.</summary>
    internal void BackwardToWeights(float* x, float* dy, int rows)
    {
        var matrix = CpuMatrix.From(layer.Weight, layer.Bias);
        if (layer.Weight.requires_grad)
        {
            PackedProduct.Multiply(
                Strided.Of(dy, matrix.Outputs).Transposed,
                Strided.Of(x, matrix.Inputs),
                CpuGradient.Of(layer.Weight),
                matrix.Outputs,
                matrix.Inputs,
                rows,
                add: true);
        }

        if (layer.Bias is { requires_grad: true } bias)
        {
            var gradient = CpuGradient.Of(bias);
            TensorThreads.Share(matrix.Outputs, (from, to) =>
                RowGradients.Bias(dy, rows, matrix.Outputs, from, to, gradient));
        }
    }
}
