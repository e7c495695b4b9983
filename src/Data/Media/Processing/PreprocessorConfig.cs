using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// How a model wants its pictures, or its videos: the part of a Hugging Face folder's <c>preprocessor_config.json</c>,
/// <c>video_preprocessor_config.json</c> or <c>processor_config.json</c> that this program follows. Reads the spelling
/// of the
/// published checkpoints (<c>min_pixels</c>, <c>max_pixels</c>) and the current one (<c>size</c> with two "edges",
/// which are
/// numbers of pixels all the same).
/// </summary>
public sealed record PreprocessorConfig
{
    private const string PictureFile = "preprocessor_config.json";
    private const string VideoFile = "video_preprocessor_config.json";
    private const string BothFile = "processor_config.json";
    private const int Bicubic = 3;

    /// <summary>Pixels per side of a patch.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>How many frames one patch spans.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Patches per side of the square that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>The smallest number of pixels after resizing.</summary>
    public int MinPixels { get; init; } = 56 * 56;

    /// <summary>The largest number of pixels after resizing.</summary>
    public int MaxPixels { get; init; } = 28 * 28 * 1280;

    /// <summary>What a level from 0 to 255 is multiplied by before the mean is subtracted.</summary>
    public double RescaleFactor { get; init; } = 1 / 255.0;

    /// <summary>Mean of red, green and blue.</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>Standard deviation of red, green and blue.</summary>
    public IReadOnlyList<double> Deviation { get; init; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>
    /// Frames per second that the model's own processor takes from a video; null where it leaves that to the caller.
    /// </summary>
    public double? FramesPerSecond { get; init; }

    /// <summary>The smallest number of frames when they are taken by the second.</summary>
    public int MinFrames { get; init; } = FrameSampling.DefaultMinFrames;

    /// <summary>The largest number of frames when they are taken by the second.</summary>
    public int MaxFrames { get; init; } = FrameSampling.DefaultMaxFrames;

    /// <summary>
    /// Whether videos follow Qwen3-VL's rules: size limits for all frames together, frames up to the last one.
    /// </summary>
    public bool Qwen3Video { get; init; }

    /// <summary>What both sides of a resized picture are multiples of.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>How a model's folder wants pictures.</summary>
    /// <exception cref="UserErrorException">The folder has no such file, or the file asks for something that is not
    /// done here.</exception>
    public static PreprocessorConfig ForPictures(string modelFolder) =>
        Find(modelFolder, PictureFile, "image_processor")
        ?? throw new UserErrorException(
            $"{modelFolder}: no {PictureFile}, so pictures cannot be prepared; copy it from the published model");

    /// <summary>How a model's folder wants videos: as pictures, where it says nothing of them.</summary>
    /// <exception cref="UserErrorException">The folder has no such file, or the file asks for something that is not
    /// done here.</exception>
    public static PreprocessorConfig ForVideos(string modelFolder) =>
        Find(modelFolder, VideoFile, "video_processor") ?? ForPictures(modelFolder);

    /// <summary>Writes the files of a model's folder.</summary>
    public static void Save(string modelFolder, PreprocessorConfig pictures, PreprocessorConfig videos)
    {
        AtomicFile.Write(
            Path.Combine(modelFolder, PictureFile),
            pictures.ToJson("Qwen2VLImageProcessor").ToString(Formatting.Indented));
        var json = videos.ToJson(videos.Qwen3Video ? "Qwen3VLVideoProcessor" : "Qwen2VLVideoProcessor");
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
            return File.Exists(path) ? JObject.Parse(File.ReadAllText(path)) : null;
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

    private IEnumerable<string> Errors()
    {
        if (PatchSize < 1 || TemporalPatchSize < 1 || MergeSize < 1)
        {
            yield return $"patch sizes {PatchSize}, {TemporalPatchSize}, {MergeSize} are not all positive";
        }

        if (MinPixels < 1 || MinPixels > MaxPixels)
        {
            yield return $"pixel limits {MinPixels}-{MaxPixels} are not a range";
        }

        if (Mean.Count != 3 || Deviation.Count != 3 || Deviation.Any(value => value <= 0))
        {
            yield return "image_mean and image_std are not three numbers each, the latter positive";
        }
    }

    private JObject ToJson(string type)
    {
        var json = new JObject
        {
            [type.Contains("Video", StringComparison.Ordinal) ? "video_processor_type" : "image_processor_type"] = type,
            ["patch_size"] = PatchSize,
            ["temporal_patch_size"] = TemporalPatchSize,
            ["merge_size"] = MergeSize,
            ["size"] = new JObject { ["shortest_edge"] = MinPixels, ["longest_edge"] = MaxPixels },
            ["min_pixels"] = MinPixels,
            ["max_pixels"] = MaxPixels,
            ["resample"] = Bicubic,
            ["rescale_factor"] = RescaleFactor,
            ["image_mean"] = new JArray(Mean),
            ["image_std"] = new JArray(Deviation),
            ["do_resize"] = true,
            ["do_rescale"] = true,
            ["do_normalize"] = true,
            ["do_convert_rgb"] = true,
        };
        if (json.ContainsKey("video_processor_type"))
        {
            json["do_sample_frames"] = FramesPerSecond is not null;
            json["fps"] = FramesPerSecond;
            json["min_frames"] = MinFrames;
            json["max_frames"] = MaxFrames;
        }

        return json;
    }
}
