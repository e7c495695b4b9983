using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models.Decoder;

/// <summary>
/// The weights of a decoder's trunk, everything but its output layer, under the names of Hugging Face's checkpoints.
/// </summary>
internal static class DecoderLayout
{
    internal const string Embedding = "model.embed_tokens.weight";
    internal const string FinalNorm = "model.norm.weight";

    /// <summary>The full name of a weight or module of one layer.</summary>
    internal static string Layer(int index, string name) => $"model.layers.{index}.{name}";

    /// <summary>All weights, in the order in which a checkpoint lists them and fresh ones are drawn.</summary>
    internal static IEnumerable<ParameterSpec> Specs(ModelConfig config)
    {
        yield return new(Embedding, [config.VocabularySize, config.HiddenSize], ParameterStart.Normal);
        for (var i = 0; i < config.Layers; i++)
        {
            foreach (var spec in Attention(config).Concat(FeedForward(config, i)).Concat(Norms(config)))
            {
                yield return spec with { Name = Layer(i, spec.Name) };
            }
        }

        yield return new(FinalNorm, [config.HiddenSize], ParameterStart.Ones);
    }

    private static IEnumerable<ParameterSpec> Attention(ModelConfig config)
    {
        long hidden = config.HiddenSize;
        long queries = config.Heads * config.HeadSize;
        long keys = config.KeyValueHeads * config.HeadSize;
        yield return new("self_attn.q_proj.weight", [queries, hidden], ParameterStart.Normal);
        yield return new("self_attn.k_proj.weight", [keys, hidden], ParameterStart.Normal);
        yield return new("self_attn.v_proj.weight", [keys, hidden], ParameterStart.Normal);
        if (config.QueryBias)
        {
            yield return new("self_attn.q_proj.bias", [queries], ParameterStart.Zeros);
            yield return new("self_attn.k_proj.bias", [keys], ParameterStart.Zeros);
            yield return new("self_attn.v_proj.bias", [keys], ParameterStart.Zeros);
        }

        yield return new("self_attn.o_proj.weight", [hidden, queries], ParameterStart.ResidualNormal);
        if (config.OutputBias)
        {
            yield return new("self_attn.o_proj.bias", [hidden], ParameterStart.Zeros);
        }

        if (config.Family.QueryKeyNorm)
        {
            yield return new("self_attn.q_norm.weight", [config.HeadSize], ParameterStart.Ones);
            yield return new("self_attn.k_norm.weight", [config.HeadSize], ParameterStart.Ones);
        }
    }

    private static IEnumerable<ParameterSpec> FeedForward(ModelConfig config, int layer)
    {
        if (config.Experts is not { } experts || !experts.RoutedLayers[layer])
        {
            return Gated("mlp", config.HiddenSize, config.IntermediateSize);
        }

        ParameterSpec router = new("mlp.gate.weight", [experts.Count, config.HiddenSize], ParameterStart.Normal);
        return Enumerable.Range(0, experts.Count)
            .SelectMany(expert => Gated($"mlp.experts.{expert}", config.HiddenSize, experts.IntermediateSize))
            .Prepend(router);
    }

    private static IEnumerable<ParameterSpec> Gated(string module, long hidden, long width)
    {
        yield return new(module + ".gate_proj.weight", [width, hidden], ParameterStart.Normal);
        yield return new(module + ".up_proj.weight", [width, hidden], ParameterStart.Normal);
        yield return new(module + ".down_proj.weight", [hidden, width], ParameterStart.ResidualNormal);
    }

    private static IEnumerable<ParameterSpec> Norms(ModelConfig config)
    {
        yield return new("input_layernorm.weight", [config.HiddenSize], ParameterStart.Ones);
        yield return new("post_attention_layernorm.weight", [config.HiddenSize], ParameterStart.Ones);
    }
}
