using R1Reward.Policy.Tensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// Two texts in each row, one behind the other: what both begin with, the end of the first, the end of the second. No
/// end sees the other, and each goes on from the position where the beginning stops.
/// </summary>
/// <param name="PositionsBT">Position of each token in its text.</param>
/// <param name="Highest">The largest of them.</param>
/// <param name="TextsBT">Whose token it is: 0 of both texts, 1 of the first, 2 of the second.</param>
/// <param name="RowsN">The row of each text: those of all first texts, then those of all second ones.</param>
internal sealed record PairPacking(Tensor PositionsBT, int Highest, Tensor TextsBT, Tensor RowsN)
{
    // Ends see each other's places in the kernel, at the price of a mask: a few shared tokens do not make up for it.
    private const double LeastSaved = 0.25;

    /// <summary>
    /// The texts packed in pairs, in the order of all firsts, then all seconds; null where that would save little.
    /// </summary>
    /// <param name="firsts">Texts without media.</param>
    /// <param name="seconds">As many, each with the beginning of the first at its place.</param>
    /// <param name="ignored">An id that is never pooled; null: none.</param>
    /// <param name="device">Where the tensors go.</param>
    internal static ScalarBatch? Pack(
        IReadOnlyList<ScalarRow> firsts, IReadOnlyList<ScalarRow> seconds, long? ignored, Device device)
    {
        var pairs = firsts.Zip(seconds, (first, second) => (First: first.Tokens, Second: second.Tokens)).ToList();
        int[] shared =
        [
            .. pairs.Select(pair => Math.Min(
                Math.Min(pair.First.Length, pair.Second.Length) - 1,
                pair.First.AsSpan().CommonPrefixLength(pair.Second.AsSpan()))),
        ];
        if (shared.Sum() < LeastSaved * pairs.Sum(pair => pair.First.Length + pair.Second.Length))
        {
            return null;
        }

        var count = pairs.Count;
        var width = pairs.Zip(shared, (pair, both) => pair.First.Length + pair.Second.Length - both).Max();
        var (ids, positions, texts) = (new long[count * width], new long[count * width], new long[count * width]);
        var pooled = new bool[2 * count * width];
        for (var b = 0; b < count; b++)
        {
            var (first, second) = pairs[b];
            var at = b * width;
            void Put(long id, int position, int text)
            {
                (ids[at], positions[at], texts[at]) = (id, position, text);
                pooled[at] = text != 2 && id != ignored;
                pooled[(count * width) + at++] = text != 1 && id != ignored;
            }

            for (var t = 0; t < first.Length; t++)
            {
                Put(first[t], t, t < shared[b] ? 0 : 1);
            }

            for (var t = shared[b]; t < second.Length; t++)
            {
                Put(second[t], t, 2);
            }
        }

        Tensor Matrix(long[] values) => tensor(values, dtype: ScalarType.Int64, device: device).view(count, width);
        var packing = new PairPacking(
            Matrix(positions),
            (int)positions.Max(),
            Matrix(texts),
            Numbers.Range(count, ScalarType.Int64, device).repeat(2));
        return new ScalarBatch(Matrix(ids), null, tensor(pooled, device: device).view(2 * count, width), null)
        {
            Packing = packing,
        };
    }
}
