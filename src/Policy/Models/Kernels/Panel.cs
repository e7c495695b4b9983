using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace R1Reward.Policy.Models.Kernels;

/// <summary>Some inputs of up to four consecutive outputs of a matrix, and what happens to their sums.</summary>
internal readonly unsafe struct Panel
{
    private readonly Vector128<float> _bias;
    private readonly int _outputs;
    private readonly bool _add;

    /// <param name="matrix">The matrix.</param>
    /// <param name="column">The first output; of fewer than four the first is computed again and left out.</param>
    /// <param name="inputs">Which inputs; the bias comes with the first of them.</param>
    /// <param name="add">Whether the results are added to what is there.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Panel(CpuMatrix matrix, int column, Range inputs, bool add)
    {
        _outputs = Math.Min(4, matrix.Outputs - column);
        _add = add;
        Count = inputs.End.Value - inputs.Start.Value;
        Inputs = matrix.Inputs;
        Outputs = matrix.Outputs;
        Column = column;
        First = matrix.Weight + ((long)column * Inputs) + inputs.Start.Value;
        Second = _outputs > 1 ? First + Inputs : First;
        Third = _outputs > 2 ? Second + Inputs : First;
        Fourth = _outputs > 3 ? Third + Inputs : First;
        if (matrix.Bias is not null && inputs.Start.Value == 0)
        {
            var bias = matrix.Bias + column;
            _bias = Vector128.Create(bias[0], bias[Last(1)], bias[Last(2)], bias[Last(3)]);
        }
    }

    /// <summary>How many of the inputs are computed with.</summary>
    internal int Count { get; }

    /// <summary>Numbers from one output's weights to the next, and from one row to the next.</summary>
    internal int Inputs { get; }

    internal int Outputs { get; }

    internal float* First { get; }

    internal float* Second { get; }

    internal float* Third { get; }

    internal float* Fourth { get; }

    private int Column { get; }

    /// <summary>Adds the last inputs, fewer than a vector holds, and the bias, and stores a row's outputs.</summary>
    /// <param name="sums">The sums over the first <paramref name="k"/> inputs.</param>
    /// <param name="x">The row's inputs.</param>
    /// <param name="k">How many of them the sums hold.</param>
    /// <param name="row">The row of the result.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Finish(Vector128<float> sums, float* x, int k, float* row)
    {
        for (; k < Count; k++)
        {
            sums += Vector128.Create(First[k], Second[k], Third[k], Fourth[k]) * x[k];
        }

        sums += _bias;
        var y = row + Column;
        if (_outputs == 4)
        {
            (_add ? sums + Vector128.Load(y) : sums).Store(y);
            return;
        }

        for (var i = 0; i < _outputs; i++)
        {
            y[i] = _add ? y[i] + sums[i] : sums[i];
        }
    }

    private int Last(int place) => Math.Min(place, _outputs - 1);
}
