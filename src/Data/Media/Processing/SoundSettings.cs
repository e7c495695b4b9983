using Newtonsoft.Json.Linq;
using R1Reward.Data.Media.Sound;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Reads and writes the settings of Hugging Face's WhisperFeatureExtractor. Those that would give other features than
/// are computed here are refused by name.
/// </summary>
internal static class SoundSettings
{
    private const string Extractor = "WhisperFeatureExtractor";
    private const int MaxSeconds = 3600;

    /// <summary>Values of the one kind of features that is computed.</summary>
    private static readonly (string Key, double Value)[] _fixed =
    [
        ("sampling_rate", LogMel.Rate), ("hop_length", LogMel.Hop), ("n_fft", LogMel.Window), ("padding_value", 0),
        ("dither", 0),
    ];

    /// <summary>Reads the settings of a file.</summary>
    /// <exception cref="UserErrorException">They ask for something that is not done here.</exception>
    internal static SoundConfig Read(JObject json, string path)
    {
        try
        {
            var (old, file) = (new SoundConfig(), new PreprocessorValues(json));
            var config = new SoundConfig
            {
                // Hugging Face's class has 80 filters where a file states none.
                MelBins = file.Whole("feature_size") ?? 80,
                Seconds = file.Whole("chunk_length") ?? old.Seconds,
            };
            List<string> errors =
            [
                .. _fixed.Where(entry => file.Number(entry.Key) is { } found && found != entry.Value)
                    .Select(entry => $"{entry.Key} is not {entry.Value}"),
            ];
            if ((string?)json["feature_extractor_type"] is not Extractor)
            {
                errors.Add($"feature_extractor_type is not {Extractor}");
            }

            if (config.MelBins is < 1 or > 1024 || config.Seconds is < 1 or > MaxSeconds)
            {
                errors.Add($"feature_size {config.MelBins} or chunk_length {config.Seconds} is no sensible number");
            }

            return errors.Count == 0 ? config : throw new UserErrorException(
                $"{path}: {string.Join("; ", errors)}; such features are not computed, use the files of a Qwen2-Audio "
                    + "or Qwen2.5-Omni checkpoint");
        }
        catch (Exception error) when (error is FormatException or ArgumentException or InvalidCastException)
        {
            throw new UserErrorException(
                $"{path}: {error.Message.TrimEnd('.')}; copy the file from the published model", error);
        }
    }

    /// <summary>The settings as Hugging Face's class reads them.</summary>
    internal static JObject ToJson(SoundConfig config) => new()
    {
        ["feature_extractor_type"] = Extractor,
        ["feature_size"] = config.MelBins,
        ["chunk_length"] = config.Seconds,
        ["n_samples"] = config.Seconds * LogMel.Rate,
        ["nb_max_frames"] = config.Columns,
        ["sampling_rate"] = LogMel.Rate,
        ["hop_length"] = LogMel.Hop,
        ["n_fft"] = LogMel.Window,
        ["padding_side"] = "right",
        ["padding_value"] = 0.0,
        ["dither"] = 0.0,
        ["return_attention_mask"] = true,
    };
}
