using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// Grouped-query attention over whole sequences. On a CPU the query heads that share a key-value head are folded into
/// the query axis: fewer and larger products, and keys are never repeated; memory grows with the square of the length.
/// Elsewhere the fused kernel of the tensor library runs on expanded keys.
/// </summary>
internal static class Attention
{
    /// <summary>
    /// Queries (B, T, H, D), keys and values (B, T, K, D), both rotated; gives (B, T, H*D). What <paramref name="maskBTT"/>
    /// says is added to the scores; without one, which only the fused kernel allows, each token sees those before it.
    /// </summary>
    internal static Tensor Apply(Tensor queries, Tensor keys, Tensor values, Tensor? maskBTT) =>
        queries.device.type == DeviceType.CPU ? Folded(queries, keys, values, maskBTT!) : Fused(queries, keys, values, maskBTT);

    private static Tensor Folded(Tensor queries, Tensor keys, Tensor values, Tensor maskBTT)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, heads, size) = (queries.size(0), queries.size(1), queries.size(2), queries.size(3));
        var shared = keys.size(2);
        var group = heads / shared;
        var folded = queries.view(batch, tokens, shared, group, size).permute(0, 2, 3, 1, 4).reshape(batch * shared, group * tokens, size);
        var rows = keys.transpose(1, 2).reshape(batch * shared, tokens, size);
        var content = values.transpose(1, 2).reshape(batch * shared, tokens, size);
        var bias = maskBTT.size(0) == 1
            ? maskBTT.expand(group, tokens, tokens).reshape(1, group * tokens, tokens)
            : maskBTT.view(batch, 1, 1, tokens, tokens).expand(batch, shared, group, tokens, tokens).reshape(batch * shared, group * tokens, tokens);
        var scale = (float)(1 / Math.Sqrt(size));
        var weights = folded.baddbmm(rows.transpose(1, 2), bias, beta: 1, alpha: scale).softmax(-1);
        return weights.bmm(content).view(batch, shared, group, tokens, size).permute(0, 3, 1, 2, 4)
            .reshape(batch, tokens, heads * size).MoveToOuterDisposeScope();
    }

    private static Tensor Fused(Tensor queries, Tensor keys, Tensor values, Tensor? maskBTT)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, heads, size) = (queries.size(0), queries.size(1), queries.size(2), queries.size(3));
        var group = heads / keys.size(2);
        var attended = nn.functional.scaled_dot_product_attention(
            queries.transpose(1, 2),
            keys.transpose(1, 2).repeat_interleave(group, 1),
            values.transpose(1, 2).repeat_interleave(group, 1),
            maskBTT?.unsqueeze(1),
            is_casual: maskBTT is null);
        return attended.transpose(1, 2).reshape(batch, tokens, heads * size).MoveToOuterDisposeScope();
    }
}
