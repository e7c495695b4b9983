using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>Routed experts of a decoder.</summary>
/// <param name="Count">Experts of a layer.</param>
/// <param name="PerToken">Experts that each token goes to.</param>
/// <param name="IntermediateSize">Width of one expert.</param>
/// <param name="SharesSumToOne">Whether the shares of the chosen ones are divided by their sum.</param>
/// <param name="RoutedLayers">For each layer whether it has experts; the others are dense.</param>
public sealed record ExpertConfig(int Count, int PerToken, int IntermediateSize, bool SharesSumToOne, IReadOnlyList<bool> RoutedLayers)
{
    /// <summary>Reads the keys of a Qwen3-MoE config, <c>num_experts</c> or the later <c>num_local_experts</c>.</summary>
    internal static ExpertConfig Parse(JObject json, int layers, List<string> problems)
    {
        int Size(string key)
        {
            if ((int?)json[key] is { } size and > 0)
            {
                return size;
            }

            problems.Add($"{key} must be a positive whole number but is {json[key] ?? "missing"}");
            return 1;
        }

        var dense = json["mlp_only_layers"]?.ToObject<int[]>() ?? [];
        var every = (int?)json["decoder_sparse_step"] ?? 1;
        return new(
            Size(json.ContainsKey("num_local_experts") ? "num_local_experts" : "num_experts"),
            Size("num_experts_per_tok"),
            Size("moe_intermediate_size"),
            (bool?)json["norm_topk_prob"] ?? false,
            [.. Enumerable.Range(0, layers).Select(layer => !dense.Contains(layer) && (layer + 1) % every == 0)]);
    }
}
