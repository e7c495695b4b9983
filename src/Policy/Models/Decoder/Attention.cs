using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Grouped-query attention over whole sequences by libtorch's fused kernel, whose memory grows with the length and not
/// with its square. The kernel wants as many key-value heads as query heads, so those are repeated.
/// </summary>
internal static class Attention
{
    /// <summary>
    /// Attends with queries (B, T, H, D) over keys and values (B, T, K, D), queries and keys rotated.
    /// </summary>
    /// <param name="queries">The queries.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="values">The values.</param>
    /// <param name="maskBTT">
    /// Added to the scores, (B or 1, T, T); null: each token sees itself and those before it.
    /// </param>
    /// <returns>The attended values (B, T, H*D).</returns>
    internal static Tensor Apply(Tensor queries, Tensor keys, Tensor values, Tensor? maskBTT)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, heads, size) = (queries.size(0), queries.size(1), queries.size(2), queries.size(3));
        var attended = nn.functional.scaled_dot_product_attention(
            queries.transpose(1, 2),
            PerQueryHead(keys),
            PerQueryHead(values),
            maskBTT?.unsqueeze(1),
            is_casual: maskBTT is null);
        return attended.transpose(1, 2).reshape(batch, tokens, heads * size).MoveToOuterDisposeScope();

        Tensor PerQueryHead(Tensor x)
        {
            var group = heads / x.size(2);
            var byHead = x.transpose(1, 2);
            return group == 1 ? byHead : byHead.repeat_interleave(group, 1);
        }
    }
}
