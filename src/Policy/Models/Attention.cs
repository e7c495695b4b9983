using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Models;

/// <summary>
/// Grouped-query attention over whole sequences. On a CPU the query heads that share a key-value head are folded into
/// the query axis: fewer and larger products, and keys are never repeated; memory grows with the square of the length.
/// Elsewhere the fused kernel of the tensor library runs on expanded keys.
/// </summary>
internal static class Attention
{
    /// <summary>Queries (B, T, H, D), keys and values (B, T, K, D), both rotated; gives (B, T, H*D).</summary>
    internal static Tensor Apply(Tensor queries, Tensor keys, Tensor values, AttentionMask mask) =>
        queries.device.type == DeviceType.CPU ? Folded(queries, keys, values, mask) : Fused(queries, keys, values, mask);

    private static Tensor Folded(Tensor queries, Tensor keys, Tensor values, AttentionMask mask)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, heads, size) = (queries.size(0), queries.size(1), queries.size(2), queries.size(3));
        var shared = keys.size(2);
        var group = heads / shared;
        var folded = queries.view(batch, tokens, shared, group, size).permute(0, 2, 3, 1, 4).reshape(batch * shared, group * tokens, size);
        var rows = keys.transpose(1, 2).reshape(batch * shared, tokens, size);
        var content = values.transpose(1, 2).reshape(batch * shared, tokens, size);
        var bias = mask.AdditiveBTT!.size(0) == 1
            ? mask.AdditiveBTT.expand(group, tokens, tokens).reshape(1, group * tokens, tokens)
            : mask.AdditiveBTT.view(batch, 1, 1, tokens, tokens).expand(batch, shared, group, tokens, tokens).reshape(batch * shared, group * tokens, tokens);
        var weights = bias.baddbmm(folded, rows.transpose(1, 2), 1, (float)(1 / Math.Sqrt(size))).softmax(-1);
        return weights.bmm(content).view(batch, shared, group, tokens, size).permute(0, 3, 1, 2, 4)
            .reshape(batch, tokens, heads * size).MoveToOuterDisposeScope();
    }

    private static Tensor Fused(Tensor queries, Tensor keys, Tensor values, AttentionMask mask)
    {
        using var scope = NewDisposeScope();
        var (batch, tokens, heads, size) = (queries.size(0), queries.size(1), queries.size(2), queries.size(3));
        var group = heads / keys.size(2);
        var attended = nn.functional.scaled_dot_product_attention(
            queries.transpose(1, 2),
            keys.transpose(1, 2).repeat_interleave(group, 1),
            values.transpose(1, 2).repeat_interleave(group, 1),
            mask.AdditiveBTT?.unsqueeze(1),
            is_casual: mask.AdditiveBTT is null);
        return attended.transpose(1, 2).reshape(batch, tokens, heads * size).MoveToOuterDisposeScope();
    }
}
