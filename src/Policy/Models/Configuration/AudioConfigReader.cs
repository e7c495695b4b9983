namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// Reads the audio side of a <c>config.json</c>. What is missing has the default of Hugging Face's class.
/// </summary>
internal static class AudioConfigReader
{
    /// <summary>Most columns of a chunk: a file that asks for more is broken.</summary>
    private const int MaxColumns = 1 << 20;

    /// <summary>Reads the audio side; null where the model does not hear.</summary>
    /// <param name="whole">The whole file.</param>
    /// <param name="hidden">The decoder's width.</param>
    internal static AudioConfig? Read(ConfigSection whole, int hidden)
    {
        if (AudioFamily.Find(whole.Text("model_type")) is not { } family)
        {
            return null;
        }

        if (whole.Section("audio_config") is not { } audio)
        {
            whole.Problems.Add("audio_config is missing");
            return null;
        }

        var config = new AudioConfig
        {
            Family = family,
            Depth = audio.Size("encoder_layers", 32, ConfigSection.MaxCount),
            Width = audio.Size("d_model", 1280),
            Heads = audio.Size("encoder_attention_heads", 20, ConfigSection.MaxCount),
            IntermediateSize = audio.Size("encoder_ffn_dim", 5120),
            OutputWidth = family.HasChunks ? audio.Size("output_dim", 3584) : hidden,
            MelBins = audio.Size("num_mel_bins", 128, ConfigSection.MaxCount),
            MaxPositions = audio.Size("max_source_positions", 1500, MaxColumns),
            ChunkColumns = family.HasChunks ? 2 * audio.Size("n_window", 100, MaxColumns) : 0,
            TokenId = whole.Index(whole.TokenKey("audio"), -1),
        };
        ModelConfigKeys.Check(audio, family.Decoder);
        whole.Problems.AddRange(Refusals(config, audio).ToList());
        return config;
    }

    private static IEnumerable<string> Refusals(AudioConfig config, ConfigSection audio)
    {
        if (audio.Text("activation_function") is { } named and not "gelu")
        {
            yield return $"audio_config.activation_function {named} is not computed; gelu is";
        }

        if (audio.Flag("scale_embedding") == true)
        {
            yield return "audio_config.scale_embedding true is not computed; false is";
        }

        if (config.Heads > 0 && (config.Width % config.Heads != 0 || config.Width % 2 != 0))
        {
            yield return $"audio width {config.Width} does not divide into {config.Heads} heads, or is odd";
        }

        if (config.ChunkColumns > 2 * config.MaxPositions)
        {
            yield return $"audio_config.n_window {config.ChunkColumns / 2} is more than max_source_positions "
                + $"{config.MaxPositions}";
        }
    }
}
