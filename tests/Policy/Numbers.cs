using System.Runtime.InteropServices;
using R1Reward.Policy.Parameters;
using static TorchSharp.torch;

namespace R1Reward.Tests.Support;

/// <summary>Between tensors and plain numbers, for tests that compare them.</summary>
internal static class Numbers
{
    /// <summary>Token ids (B, T), padded with 0 on the right.</summary>
    internal static Tensor Ids(IReadOnlyList<int[]> rows)
    {
        var width = rows.Max(row => row.Length);
        var flat = rows.SelectMany(row => row.Concat(new int[width - row.Length])).Select(id => (long)id).ToArray();
        return tensor(flat, dtype: ScalarType.Int64, device: CPU).view(rows.Count, width);
    }

    /// <summary>All values in row-major order.</summary>
    internal static float[] Values(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, float>(tensor.detach().to(ScalarType.Float32).contiguous().bytes).ToArray();
    }

    /// <summary>
    /// All weights of a table, in the order in which they lie there; ranks that hold parts of them call it together.
    /// </summary>
    internal static float[] Values(ParameterTable table) =>
    [
        .. table.InOrder().Select(spec => (spec.Decays, Values: Values(table[spec.Name]))).ToList()
            .GroupBy(weight => weight.Decays).SelectMany(kind => kind.SelectMany(weight => weight.Values)),
    ];

    /// <summary>Each value within an absolute tolerance of the expected one.</summary>
    internal static void Close(
        IReadOnlyList<float> expected, IReadOnlyList<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var i = 0; i < expected.Count; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= tolerance,
                $"{what}[{i}]: expected {expected[i]}, got {actual[i]}");
        }
    }
}
