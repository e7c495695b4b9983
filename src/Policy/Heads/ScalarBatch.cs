using R1Reward.Policy.Models.Vision;
using static TorchSharp.torch;

namespace R1Reward.Policy.Heads;

/// <summary>
/// Texts to score as tensors: ids (B, T); where the tokens of the texts are, if rows are filled on the left; the tokens
/// that heads pool (B, T), null for all; the texts' media.
/// </summary>
internal sealed record ScalarBatch(Tensor IdsBT, Tensor? AttentionMaskBT, Tensor? PooledBT, MediaInputs? Media)
{
    /// <summary>How two texts stand in each row; null where each has a row of its own.</summary>
    internal PairPacking? Packing { get; init; }

    /// <summary>Fills rows to one length.</summary>
    /// <param name="rows">The texts.</param>
    /// <param name="poolsPadding">Whether rows are filled on the left and what fills them is pooled.</param>
    /// <param name="ignored">
    /// An id that the last token is never, which Hugging Face's classes step over; null: none.
    /// </param>
    /// <param name="device">Where the tensors go.</param>
    internal static ScalarBatch From(IReadOnlyList<ScalarRow> rows, bool poolsPadding, long? ignored, Device device)
    {
        var tokens = rows.Max(row => row.Tokens.Length);
        var ids = new long[rows.Count * tokens];
        var real = new bool[ids.Length];
        var pooled = new bool[ids.Length];
        for (var b = 0; b < rows.Count; b++)
        {
            var row = rows[b].Tokens;
            var start = (b * tokens) + (poolsPadding ? tokens - row.Length : 0);
            for (var t = 0; t < row.Length; t++)
            {
                ids[start + t] = row[t];
                real[start + t] = true;
                pooled[start + t] = row[t] != ignored;
            }
        }

        Tensor Matrix(Tensor flat) => flat.view(rows.Count, tokens);
        return new(
            Matrix(tensor(ids, dtype: ScalarType.Int64, device: device)),
            poolsPadding ? Matrix(tensor(real, device: device)).to(ScalarType.Int64) : null,
            poolsPadding ? null : Matrix(tensor(pooled, device: device)),
            MediaInputs.From(rows.Select(row => row.Media)));
    }
}
