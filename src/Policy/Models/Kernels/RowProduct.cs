using System.Runtime.CompilerServices;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>
/// Products of some dozens of rows with a matrix that stays as checkpoints have it, one row per output. The rows are
/// what is copied into another order (<see cref="RowPanels"/>), unlike in BLAS, where for so few rows the copy of the
/// matrix takes a good part of the time. Each number is added up in the order of <see cref="PackedProduct"/> before it
/// is added to anything, so a row's result is the same to the last bit whichever rows it is computed with.
/// </summary>
internal static unsafe class RowProduct
{
    // Of so many rows the inputs of a block stay in the second-level cache, and so many outputs until they are turned.
    private const int RowsAtATime = 4 * RowPanels.Widest;
    private const int OutputsAtATime = 8 * PanelTile.Outputs;

    /// <summary>Computes x W^T + b, or adds it to what the result holds.</summary>
    /// <param name="x">The rows.</param>
    /// <param name="matrix">W (outputs, inputs) and the bias.</param>
    /// <param name="y">Receives rows of outputs, one after the other.</param>
    /// <param name="add">Whether <paramref name="y"/> is added to.</param>
    [SkipLocalsInit]
    internal static void Multiply(RowPanels x, CpuMatrix matrix, float* y, bool add = false)
    {
        var room = stackalloc float[OutputsAtATime * RowsAtATime];
        for (var first = 0; first < x.Rows; first += RowsAtATime)
        {
            var rows = x.Slice(first, RowsAtATime);
            for (var output = 0; output < matrix.Outputs; output += OutputsAtATime)
            {
                var outputs = matrix.Slice(output, OutputsAtATime);
                var result = new RowPanels(room, rows.Rows, outputs.Outputs);
                Sums(rows, outputs, result);
                result.Unpack(y + ((long)first * matrix.Outputs) + output, matrix.Outputs, add);
            }
        }
    }

    /// <summary>Computes x W^T + b as rows for another product.</summary>
    internal static void Multiply(RowPanels x, CpuMatrix matrix, RowPanels y)
    {
        for (var first = 0; first < x.Rows; first += RowsAtATime)
        {
            Sums(x.Slice(first, RowsAtATime), matrix, y.Slice(first, RowsAtATime));
        }
    }

    [SkipLocalsInit]
    private static void Sums(RowPanels x, CpuMatrix matrix, RowPanels y)
    {
        var sums = stackalloc float[PanelTile.Outputs * RowPanels.Widest];
        for (var input = 0; input < matrix.Inputs; input += PackedProduct.Depth)
        {
            var depth = Math.Min(PackedProduct.Depth, matrix.Inputs - input);
            for (var output = 0; output < matrix.Outputs; output += PanelTile.Outputs)
            {
                var outputs = Math.Min(PanelTile.Outputs, matrix.Outputs - output);
                var weights = matrix.Weight + ((long)output * matrix.Inputs) + input;
                for (int row = 0, width; row < x.Rows; row += width)
                {
                    width = x.WidthAt(row);
                    var panel = x.At(row) + ((long)input * width);
                    PanelTile.Add(weights, matrix.Inputs, outputs, panel, width, depth, sums);
                    var to = y.At(row) + ((long)output * width);
                    var adds = input > 0 || Fill(to, width, matrix.Bias, output, outputs);
                    RowMath.Add(sums, to, outputs * width, adds);
                }
            }
        }
    }

    // Puts the bias in place of the sums, where there is one.
    private static bool Fill(float* to, int width, float* bias, int first, int outputs)
    {
        if (bias is null)
        {
            return false;
        }

        for (var output = first; output < first + outputs; output++, to += width)
        {
            new Span<float>(to, width).Fill(bias[output]);
        }

        return true;
    }
}
