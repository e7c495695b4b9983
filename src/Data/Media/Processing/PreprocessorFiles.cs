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
            var (old, size) = (new PreprocessorConfig(), json["size"] as JObject);
            var config = new PreprocessorConfig
            {
                PatchSize = (int?)json["patch_size"] ?? old.PatchSize,
                TemporalPatchSize = (int?)json["temporal_patch_size"] ?? old.TemporalPatchSize,
                MergeSize = (int?)json["merge_size"] ?? old.MergeSize,
                MinPixels = (int?)json["min_pixels"]
                    ?? (int?)size?["shortest_edge"]
                    ?? (int?)size?["min_pixels"]
                    ?? old.MinPixels,
                MaxPixels = (int?)json["max_pixels"]
                    ?? (int?)size?["longest_edge"]
                    ?? (int?)size?["max_pixels"]
                    ?? old.MaxPixels,
                RescaleFactor = (double?)json["rescale_factor"] ?? old.RescaleFactor,
                Mean = (json["image_mean"] as JArray)?.Select(value => (double)value).ToArray() ?? old.Mean,
                Deviation = (json["image_std"] as JArray)?.Select(value => (double)value).ToArray() ?? old.Deviation,
                FramesPerSecond = (bool?)json["do_sample_frames"] is true ? (double?)json["fps"] : null,
                MinFrames = (int?)json["min_frames"] ?? old.MinFrames,
                MaxFrames = (int?)json["max_frames"] ?? old.MaxFrames,
                Qwen3Video = (string?)json["video_processor_type"] is { } type
                    && type.StartsWith("Qwen3", StringComparison.Ordinal),
            };
            var errors = config.Errors().ToList();
            errors.AddRange(PreprocessorKeys.Refusals(json));
            errors.AddRange(
                new[] { "do_resize", "do_rescale", "do_normalize" }.Where(
                    key => (bool?)json[key] is false).Select(key => key + " is off"));
            errors.AddRange(
                (int?)json["resample"] is { } filter and not Bicubic
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
                $"{path}: a value has the wrong type ({error.Message.TrimEnd('.')}); copy the file from the "
                + "published model",
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
