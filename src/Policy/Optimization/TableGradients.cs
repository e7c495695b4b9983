using R1Reward.Policy.Parameters;
using static R1Reward.Policy.Tensors.Numbers;
using static TorchSharp.torch;

namespace R1Reward.Policy.Optimization;

/// <summary>
/// The gradients that an optimiser has summed of one of its tables: all of them, or this rank's part where they are
/// shared out.
/// </summary>
internal static class TableGradients
{
    /// <summary>The gradients summed so far of one table, flat, which are 0 from then on.</summary>
    internal static Tensor TakeGradients(this AdamW optimizer, ParameterTable table)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var sums = SumsOf(optimizer, table);
        var taken = cat(sums, 0);
        foreach (var sum in sums)
        {
            sum.zero_();
        }

        return taken.MoveToOuterDisposeScope();
    }

    /// <summary>Adds to the gradients of one table, flat as <see cref="TakeGradients"/> gives them.</summary>
    internal static void AddGradients(this AdamW optimizer, ParameterTable table, Tensor gradients)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var start = 0L;
        foreach (var sum in SumsOf(optimizer, table))
        {
            sum.add_(gradients.narrow(0, start, sum.numel()), One);
            start += sum.numel();
        }
    }

    private static Tensor[] SumsOf(AdamW optimizer, ParameterTable table) =>
        [.. optimizer.Ranges.Where(range => range.IsOf(table)).Select(range => range.Sums)];
}
