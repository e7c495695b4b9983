using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// Reads and writes the part of a Hugging Face folder's <c>preprocessor_config.json</c>,
/// <c>video_preprocessor_config.json</c> or <c>processor_config.json</c> that this program follows. Two spellings are
/// read: that of the published checkpoints (<c>min_pixels</c>, <c>max_pixels</c>) and the current one (<c>size</c> with
/// two "edges", which are numbers of pixels all the same).
/// </summary>
public static class PreprocessorFiles
{
    private const string PictureFile = "preprocessor_config.json";
    private const string VideoFile = "video_preprocessor_config.json";
    private const string BothFile = "processor_config.json";
    private const int Bicubic = 3;

    /// <summary>How a model's folder wants pictures.</summary>
    /// <exception cref="UserErrorException">The folder has no such file, or the file asks for something that is not
    /// done here.</exception>
    public static PreprocessorConfig ReadPictures(string modelFolder) =>
        Find(modelFolder, PictureFile, "image_processor")
        ?? throw new UserErrorException(
            $"{modelFolder}: no {PictureFile}, so pictures cannot be prepared; copy it from the published model");

    /// <summary>How a model's folder wants videos: as pictures, where it says nothing of them.</summary>
    /// <exception cref="UserErrorException">The folder has no such file, or the file asks for something that is not
    /// done here.</exception>
    public static PreprocessorConfig ReadVideos(string modelFolder) =>
        Find(modelFolder, VideoFile, "video_processor") ?? ReadPictures(modelFolder);

    /// <summary>How a model's folder wants sounds.</summary>
    /// <exception cref="UserErrorException">The folder has no such file, or the file asks for something that is not
    /// done here.</exception>
    public static SoundConfig ReadSounds(string modelFolder)
    {
        foreach (var (file, section) in new[] { (PictureFile, null), (BothFile, "feature_extractor") })
        {
            var path = Path.Combine(modelFolder, file);
            var json = ReadJson(path);
            json = section is null ? json : json?[section] as JObject;
            if (json?["feature_extractor_type"] is not null)
            {
                return SoundSettings.Read(json, path);
            }
        }

        throw new UserErrorException(
            $"{modelFolder}: no {PictureFile} with a feature_extractor_type, so sounds cannot be prepared; copy it "
            + "from the published model");
    }

    /// <summary>Writes the file of a folder whose model hears and does not see.</summary>
    public static void Write(string modelFolder, SoundConfig sounds) =>
        AtomicFile.Write(
            Path.Combine(modelFolder, PictureFile), SoundSettings.ToJson(sounds).ToString(Formatting.Indented));

    /// <summary>Writes the files of a model's folder.</summary>
    public static void Write(string modelFolder, PreprocessorConfig pictures, PreprocessorConfig videos)
    {
        AtomicFile.Write(
            Path.Combine(modelFolder, PictureFile),
            ToJson(pictures, "Qwen2VLImageProcessor").ToString(Formatting.Indented));
        var json = ToJson(videos, videos.Qwen3Video ? "Qwen3VLVideoProcessor" : "Qwen2VLVideoProcessor");
        AtomicFile.Write(Path.Combine(modelFolder, VideoFile), json.ToString(Formatting.Indented));
    }

    private static PreprocessorConfig? Find(string folder, string own, string section)
    {
        if (ReadJson(Path.Combine(folder, own)) is { } json)
        {
            return Read(json, Path.Combine(folder, own));
        }

        return ReadJson(Path.Combine(folder, BothFile))?[section] is JObject part
            ? Read(part, Path.Combine(folder, BothFile))
            : null;
    }

    private static JObject? ReadJson(string path)
    {
        try
        {
            return File.Exists(path) ? JObject.Parse(RegularFile.ReadText(path)) : null;
        }
        catch (Exception error) when (error is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException(
                $"{path}: cannot be read ({error.Message.TrimEnd('.')}); copy it from the published model", error);
        }
    }

    private static PreprocessorConfig Read(JObject json, string path)
    {
        try
        {
            var isQwen3Video = (string?)json["video_processor_type"] is { } type
                && type.StartsWith("Qwen3", StringComparison.Ordinal);
            var old = isQwen3Video ? PreprocessorConfig.OfQwen3Videos : new PreprocessorConfig();
            var file = new PreprocessorValues(json);
            var size = file.Section("size");
            var config = new PreprocessorConfig
            {
                PatchSize = file.Whole("patch_size") ?? old.PatchSize,
                TemporalPatchSize = file.Whole("temporal_patch_size") ?? old.TemporalPatchSize,
                MergeSize = file.Whole("merge_size") ?? old.MergeSize,
                MinPixels = file.Whole("min_pixels")
                    ?? size?.Whole("shortest_edge")
                    ?? size?.Whole("min_pixels")
                    ?? old.MinPixels,
                MaxPixels = file.Whole("max_pixels")
                    ?? size?.Whole("longest_edge")
                    ?? size?.Whole("max_pixels")
                    ?? old.MaxPixels,
                RescaleFactor = file.Number("rescale_factor") ?? old.RescaleFactor,
                Mean = file.Numbers("image_mean") ?? old.Mean,
                Deviation = file.Numbers("image_std") ?? old.Deviation,
                FramesPerSecond = file.Flag("do_sample_frames") ?? isQwen3Video
                    ? file.Number("fps") ?? old.FramesPerSecond
                    : null,
                MinFrames = file.Whole("min_frames") ?? old.MinFrames,
                MaxFrames = file.Whole("max_frames") ?? old.MaxFrames,
                Qwen3Video = isQwen3Video,
            };
            var errors = config.Errors().ToList();
            errors.AddRange(PreprocessorKeys.Refusals(json));
            errors.AddRange((size?.Others("shortest_edge", "longest_edge", "min_pixels", "max_pixels") ?? [])
                .Select(key => $"size has {key}"));
            errors.AddRange(
                new[] { "do_resize", "do_rescale", "do_normalize" }.Where(
                    key => file.Flag(key) is false).Select(key => key + " is off"));
            errors.AddRange(
                file.Whole("resample") is { } filter and not Bicubic
                    ? [$"resample {filter} is not bicubic ({Bicubic})"]
                    : Array.Empty<string>());
            return errors.Count == 0 ? config : throw new UserErrorException(
                $"{path}: {string.Join("; ", errors)}; such preprocessing is not done here, use the files of a "
                    + "Qwen-VL checkpoint");
        }
        catch (Exception error) when (
            error is FormatException or ArgumentException or OverflowException or InvalidCastException)
        {
            throw new UserErrorException(
                $"{path}: {error.Message.TrimEnd('.')}; copy the file from the published model",
                error);
        }
    }

    private static JObject ToJson(PreprocessorConfig config, string type)
    {
        var json = new JObject
        {
            [type.Contains("Video", StringComparison.Ordinal) ? "video_processor_type" : "image_processor_type"] = type,
            ["patch_size"] = config.PatchSize,
            ["temporal_patch_size"] = config.TemporalPatchSize,
            ["merge_size"] = config.MergeSize,
            ["size"] = new JObject { ["shortest_edge"] = config.MinPixels, ["longest_edge"] = config.MaxPixels },
            ["min_pixels"] = config.MinPixels,
            ["max_pixels"] = config.MaxPixels,
            ["resample"] = Bicubic,
            ["rescale_factor"] = config.RescaleFactor,
            ["image_mean"] = new JArray(config.Mean),
            ["image_std"] = new JArray(config.Deviation),
            ["do_resize"] = true,
            ["do_rescale"] = true,
            ["do_normalize"] = true,
            ["do_convert_rgb"] = true,
        };
        if (json.ContainsKey("video_processor_type"))
        {
            json["do_sample_frames"] = config.FramesPerSecond is not null;
            json["fps"] = config.FramesPerSecond;
            json["min_frames"] = config.MinFrames;
            json["max_frames"] = config.MaxFrames;
        }

        return json;
    }
}
