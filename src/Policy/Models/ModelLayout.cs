using R1Reward.Policy.Models.Vision;

namespace R1Reward.Policy.Models;

/// <summary>The weights of a Qwen2.5 decoder, and of its vision tower if it has one, under the names that HF checkpoints give them.</summary>
internal static class ModelLayout
{
    internal const string Embedding = "model.embed_tokens.weight";
    internal const string FinalNorm = "model.norm.weight";
    internal const string Head = "lm_head.weight";

    internal static string Layer(int index, string name) => $"model.layers.{index}.{name}";

    internal static IReadOnlyList<ParameterSpec> Of(ModelConfig config)
    {
        long hidden = config.HiddenSize, middle = config.IntermediateSize;
        long queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        var specs = config.Vision is { } vision ? VisionLayout.Of(vision).ToList() : [];
        specs.Add(new(Embedding, [config.VocabularySize, hidden], ParameterStart.Normal));
        for (var i = 0; i < config.Layers; i++)
        {
            specs.AddRange(
            [
                new(Layer(i, "self_attn.q_proj.weight"), [queries, hidden], ParameterStart.Normal),
                new(Layer(i, "self_attn.k_proj.weight"), [keys, hidden], ParameterStart.Normal),
                new(Layer(i, "self_attn.v_proj.weight"), [keys, hidden], ParameterStart.Normal),
                new(Layer(i, "self_attn.q_proj.bias"), [queries], ParameterStart.Zeros),
                new(Layer(i, "self_attn.k_proj.bias"), [keys], ParameterStart.Zeros),
                new(Layer(i, "self_attn.v_proj.bias"), [keys], ParameterStart.Zeros),
                new(Layer(i, "self_attn.o_proj.weight"), [hidden, queries], ParameterStart.ResidualNormal),
                new(Layer(i, "mlp.gate_proj.weight"), [middle, hidden], ParameterStart.Normal),
                new(Layer(i, "mlp.up_proj.weight"), [middle, hidden], ParameterStart.Normal),
                new(Layer(i, "mlp.down_proj.weight"), [hidden, middle], ParameterStart.ResidualNormal),
                new(Layer(i, "input_layernorm.weight"), [hidden], ParameterStart.Ones),
                new(Layer(i, "post_attention_layernorm.weight"), [hidden], ParameterStart.Ones),
            ]);
        }

        specs.Add(new(FinalNorm, [hidden], ParameterStart.Ones));
        if (!config.TieWordEmbeddings)
        {
            specs.Add(new(Head, [config.VocabularySize, hidden], ParameterStart.Normal));
        }

        return specs;
    }
}
