using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>Writes the audio side of a <c>config.json</c>.</summary>
internal static class AudioConfigWriter
{
    /// <summary>Writes the values of a tower over the keys of a file.</summary>
    /// <param name="config">The tower.</param>
    /// <param name="whole">The whole file.</param>
    internal static void Write(AudioConfig config, JObject whole)
    {
        var audio = whole["audio_config"] as JObject ?? new JObject { ["activation_function"] = "gelu" };
        whole["audio_config"] = audio;
        audio["encoder_layers"] = config.Depth;
        audio["d_model"] = config.Width;
        audio["encoder_attention_heads"] = config.Heads;
        audio["encoder_ffn_dim"] = config.IntermediateSize;
        audio["num_mel_bins"] = config.MelBins;
        audio["max_source_positions"] = config.MaxPositions;
        if (config.Family.HasChunks)
        {
            audio["n_window"] = config.ChunkColumns / 2;
            audio["output_dim"] = config.OutputWidth;
        }

        whole[whole.ContainsKey("audio_token_id") ? "audio_token_id" : "audio_token_index"] = config.TokenId;
    }
}
