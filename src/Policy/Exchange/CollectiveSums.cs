using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace R1Reward.Policy.Exchange;

/// <summary>Sums over ranks that follow from the members of <see cref="ICollective"/>.</summary>
internal static class CollectiveSums
{
    /// <summary>The sum of a number over all ranks.</summary>
    internal static double Sum(this ICollective ranks, double own) => ranks.Gather([own]).Sum(one => one[0]);

    /// <summary>
    /// Fills in what other ranks know: each element is a number on one rank and 0 on the others, so that their sum is
    /// that number to the bit.
    /// </summary>
    internal static void FillIn(this ICollective ranks, float[] values)
    {
        if (ranks.Count == 1)
        {
            return;
        }

        using var scope = NewDisposeScope();
        var flat = tensor(values, dtype: ScalarType.Float32, device: CPU);
        ranks.AllReduce(flat);
        MemoryMarshal.Cast<byte, float>(flat.bytes).CopyTo(values);
    }
}
