using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Writes a <c>config.json</c>: the values of a model over the keys of the file that it was read from.
/// </summary>
internal static class ModelConfigWriter
{
    private const string Scorer = "ForSequenceClassification";

    /// <summary>The whole file. Keys that this program does not use stay as they were read.</summary>
    internal static JObject Write(ModelConfig config)
    {
        var whole = config.Source is null ? [] : (JObject)config.Source.DeepClone();
        whole["architectures"] = Architectures(config, whole);
        whole["model_type"] =
            config.Vision?.Family.ModelType ?? config.Audio?.Family.ModelType ?? config.Family.ModelType;
        if (config.Vision is { } vision)
        {
            VisionConfigWriter.Write(vision, whole);
        }

        if (config.Audio is { } audio)
        {
            AudioConfigWriter.Write(audio, whole);
            whole["text_config"] ??= new JObject { ["model_type"] = config.Family.ModelType };
        }

        if (config.LabelCount > 0 && (whole["id2label"] as JObject)?.Count != config.LabelCount)
        {
            WriteLabels(whole, [.. Enumerable.Range(0, config.LabelCount).Select(index => $"LABEL_{index}")]);
        }

        if (config.Source is null && config.Vision?.Family.IsWhole == true)
        {
            whole["text_config"] = new JObject { ["model_type"] = config.Vision.Family.ModelType + "_text" };
        }

        var decoder = whole["text_config"] as JObject ?? whole;
        decoder["hidden_act"] = "silu";
        decoder["vocab_size"] = config.VocabularySize;
        decoder["hidden_size"] = config.HiddenSize;
        decoder["intermediate_size"] = config.IntermediateSize;
        decoder["num_hidden_layers"] = config.Layers;
        decoder["num_attention_heads"] = config.Heads;
        decoder["num_key_value_heads"] = config.KeyValueHeads;
        decoder["max_position_embeddings"] = config.MaxPositions;
        decoder["rms_norm_eps"] = config.RmsNormEpsilon;
        whole["tie_word_embeddings"] = config.TieWordEmbeddings;
        decoder["initializer_range"] = config.InitializerRange;

        // Hugging Face's classes of families with these norms have a head size of their own where none is stated.
        if (config.HeadSize * config.Heads != config.HiddenSize || decoder.ContainsKey("head_dim")
            || config.Family.QueryKeyNorm)
        {
            decoder["head_dim"] = config.HeadSize;
        }

        WriteRotary(config, decoder);
        if (config.Source is null)
        {
            WriteAttention(config, decoder);
        }

        return whole;
    }

    /// <summary>Names the scores of a scalar reward model, as Hugging Face's classes do.</summary>
    internal static void WriteLabels(JObject whole, IReadOnlyList<string> names)
    {
        whole["id2label"] = new JObject(names.Select((name, index) => new JProperty($"{index}", name)));
        whole["label2id"] = new JObject(names.Select((name, index) => new JProperty(name, index)));
    }

    /// <summary>
    /// The class of Hugging Face that loads the weights: the one that was read, unless the output layer has become
    /// another.
    /// </summary>
    private static JToken Architectures(ModelConfig config, JObject whole)
    {
        var own = config.Vision?.Family.Architecture
            ?? config.Audio?.Family.Architecture
            ?? config.Family.Architecture;
        var ending = (config.LabelCount > 0, config.HasOutput) switch
        {
            (true, _) => Scorer,
            (_, false) => "Model",
            _ => "",
        };
        var isScorer = whole["architectures"]?.Any(name => ((string)name!).EndsWith(Scorer, StringComparison.Ordinal));
        return whole["architectures"] is { } read && (ending.Length == 0 || (ending == Scorer && isScorer == true))
            ? read
            : new JArray(ending.Length == 0 ? own : own[..own.IndexOf("For", StringComparison.Ordinal)] + ending);
    }

    private static void WriteRotary(ModelConfig config, JObject decoder)
    {
        if (decoder["rope_parameters"] is JObject rope)
        {
            rope["rope_theta"] = config.Rope.Theta;
            return;
        }

        decoder["rope_theta"] = config.Rope.Theta;
        if (config.Vision is { } vision)
        {
            var interleaves = vision.Family.InterleavesAxes;
            decoder["rope_scaling"] ??= new JObject
            {
                [interleaves ? "rope_type" : "type"] = interleaves ? "default" : "mrope",
                ["mrope_section"] = new JArray(vision.RotarySections),
            };
            if (interleaves)
            {
                decoder["rope_scaling"]!["mrope_interleaved"] = true;
            }
        }
    }

    /// <summary>What only a fresh model has to state; a file that was read states it already.</summary>
    private static void WriteAttention(ModelConfig config, JObject decoder)
    {
        if (!config.Family.AlwaysQueryBias)
        {
            decoder["attention_bias"] = config.QueryBias;
        }

        if (config.Window is not null)
        {
            decoder["use_sliding_window"] = true;
            decoder["sliding_window"] = config.Window;
            decoder["layer_types"] = LayerWindows.Write(config.WindowedLayers);
        }
    }
}
