using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Models.Vision;
using R1Reward.Policy.Parameters;

namespace R1Reward.Policy.Models;

/// <summary>The weights of a decoder, and of its vision tower if it has one, under the names that HF checkpoints give them.</summary>
internal static class ModelLayout
{
    internal const string Embedding = "model.embed_tokens.weight";
    internal const string FinalNorm = "model.norm.weight";
    internal const string HeadModule = "lm_head";
    internal const string Head = HeadModule + ".weight";
    internal const string ScoreModule = "score";

    internal static string Layer(int index, string name) => $"model.layers.{index}.{name}";

    internal static IReadOnlyList<ParameterSpec> Of(ModelConfig config)
    {
        long hidden = config.HiddenSize;
        long queries = config.Heads * config.HeadSize, keys = config.KeyValueHeads * config.HeadSize;
        var specs = config.Vision is { } vision ? VisionLayout.Of(vision).ToList() : [];
        specs.Add(new(Embedding, [config.VocabularySize, hidden], ParameterStart.Normal));
        for (var i = 0; i < config.Layers; i++)
        {
            void Add(string name, ParameterStart start, params long[] shape) => specs.Add(new(Layer(i, name), shape, start));
            Add("self_attn.q_proj.weight", ParameterStart.Normal, queries, hidden);
            Add("self_attn.k_proj.weight", ParameterStart.Normal, keys, hidden);
            Add("self_attn.v_proj.weight", ParameterStart.Normal, keys, hidden);
            if (config.QueryBias)
            {
                Add("self_attn.q_proj.bias", ParameterStart.Zeros, queries);
                Add("self_attn.k_proj.bias", ParameterStart.Zeros, keys);
                Add("self_attn.v_proj.bias", ParameterStart.Zeros, keys);
            }

            Add("self_attn.o_proj.weight", ParameterStart.ResidualNormal, hidden, queries);
            if (config.OutputBias)
            {
                Add("self_attn.o_proj.bias", ParameterStart.Zeros, hidden);
            }

            if (config.Family.QueryKeyNorm)
            {
                Add("self_attn.q_norm.weight", ParameterStart.Ones, config.HeadSize);
                Add("self_attn.k_norm.weight", ParameterStart.Ones, config.HeadSize);
            }

            void AddFeedForward(string module, long width)
            {
                Add(module + ".gate_proj.weight", ParameterStart.Normal, width, hidden);
                Add(module + ".up_proj.weight", ParameterStart.Normal, width, hidden);
                Add(module + ".down_proj.weight", ParameterStart.ResidualNormal, hidden, width);
            }

            if (config.Experts is { } experts && experts.RoutedLayers[i])
            {
                Add("mlp.gate.weight", ParameterStart.Normal, experts.Count, hidden);
                for (var expert = 0; expert < experts.Count; expert++)
                {
                    AddFeedForward($"mlp.experts.{expert}", experts.IntermediateSize);
                }
            }
            else
            {
                AddFeedForward("mlp", config.IntermediateSize);
            }

            Add("input_layernorm.weight", ParameterStart.Ones, hidden);
            Add("post_attention_layernorm.weight", ParameterStart.Ones, hidden);
        }

        specs.Add(new(FinalNorm, [hidden], ParameterStart.Ones));
        if (config.Scores > 0)
        {
            specs.Add(new(ScoreModule + ".weight", [config.Scores, hidden], ParameterStart.Normal));
        }
        else if (!config.TieWordEmbeddings)
        {
            specs.Add(new(Head, [config.VocabularySize, hidden], ParameterStart.Normal));
        }

        return specs;
    }
}
