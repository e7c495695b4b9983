using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// The vision side of a Qwen2-VL or Qwen2.5-VL <c>config.json</c>: the tower, and how its output stands in the prompt. Read
/// from the nested spelling of transformers 5 and from the flat one of the published checkpoints alike.
/// </summary>
/// <remarks>
/// Releases of transformers before 4.52 save of a tower only what differs from their own defaults, so a fine-tuned 7B model
/// may say no more than <c>{"hidden_size": 1280, "in_chans": 3, "tokens_per_second": 2}</c>: what is absent is that default.
/// </remarks>
/// <example>
/// Qwen2.5-VL-3B: 32 blocks of width 1280 with 16 heads, patches of 2 x 14 x 14, groups of 2 x 2 patches become one token of
/// width 2048; a picture of 280 x 420 pixels is 20 x 30 patches, 150 tokens.
/// </example>
public sealed record VisionConfig
{
    /// <summary>Which tower.</summary>
    public required VisionFamily Family { get; init; }

    /// <summary>Number of blocks.</summary>
    public required int Depth { get; init; }

    /// <summary>Width of the tower. Qwen2-VL's file calls it <c>embed_dim</c>, Qwen2.5-VL's <c>hidden_size</c>.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the decoder that reads the output. Qwen2-VL's file calls it <c>hidden_size</c>, Qwen2.5-VL's <c>out_hidden_size</c>.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Width inside the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Pixels per side of a patch.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Frames of a patch.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Patches per side of a group that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Colour channels.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Pixels per side of an attention window; 0 where every block sees the whole frame.</summary>
    public int WindowSize { get; init; }

    /// <summary>Blocks that see the whole frame although there are windows.</summary>
    public IReadOnlyList<int> FullAttentionBlocks { get; init; } = [];

    /// <summary>Time positions per second of a video; 0: one position per temporal group, whatever its length.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>How many of the decoder's rotary frequencies follow time, row and column, in this order.</summary>
    public required IReadOnlyList<int> RotarySections { get; init; }

    /// <summary>Id that stands for each token of a picture.</summary>
    public required int ImageTokenId { get; init; }

    /// <summary>Id that stands for each token of a video.</summary>
    public required int VideoTokenId { get; init; }

    /// <summary>Width of one head.</summary>
    public int HeadSize => Width / Heads;

    /// <summary>Numbers per patch.</summary>
    public int PatchValues => Channels * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Added inside the root of the norms; not part of the files.</summary>
    internal const double NormEpsilon = 1e-6;

    /// <summary>Every <c>model_type</c> with a tower that this program computes.</summary>
    internal static IReadOnlyList<string> ModelTypes { get; } = ["qwen2_vl", "qwen2_5_vl"];

    /// <summary>The <c>model_type</c> of a file with this tower.</summary>
    public string ModelType => Family == VisionFamily.Qwen2 ? "qwen2_vl" : "qwen2_5_vl";

    /// <summary>Whether a block attends within windows.</summary>
    internal bool HasWindows(int block) => WindowSize > 0 && !FullAttentionBlocks.Contains(block);

    /// <summary>Reads the vision side of a config; null where the model reads text only.</summary>
    /// <param name="json">The whole file.</param>
    /// <param name="text">Its part about the decoder, which may be the file itself.</param>
    /// <param name="problems">Takes what is missing or not computed.</param>
    internal static VisionConfig? Parse(JObject json, JObject text, List<string> problems)
    {
        VisionFamily? family = (string?)json["model_type"] switch
        {
            "qwen2_vl" => VisionFamily.Qwen2,
            "qwen2_5_vl" => VisionFamily.Qwen25,
            _ => null,
        };
        if (family is null)
        {
            return null;
        }

        if (json["vision_config"] is not JObject vision)
        {
            problems.Add("vision_config is missing");
            return null;
        }

        var isQwen2 = family == VisionFamily.Qwen2;
        var width = isQwen2 ? Size(vision, "embed_dim", problems, 1280) : Size(vision, "hidden_size", problems, 3584);
        var config = new VisionConfig
        {
            Family = family.Value,
            Depth = Size(vision, "depth", problems, 32),
            Width = width,
            OutputWidth = Size(vision, isQwen2 ? "hidden_size" : "out_hidden_size", problems, 3584),
            Heads = Size(vision, "num_heads", problems, 16),
            IntermediateSize = isQwen2 ? (int)(width * ((double?)vision["mlp_ratio"] ?? 4)) : Size(vision, "intermediate_size", problems, 3420),
            PatchSize = (int?)vision["patch_size"] ?? 14,
            TemporalPatchSize = (int?)vision["temporal_patch_size"] ?? 2,
            MergeSize = (int?)vision["spatial_merge_size"] ?? 2,
            Channels = (int?)(vision["in_channels"] ?? vision["in_chans"]) ?? 3,
            WindowSize = isQwen2 ? 0 : (int?)vision["window_size"] ?? 112,
            FullAttentionBlocks = isQwen2 ? [] : vision["fullatt_block_indexes"]?.ToObject<int[]>() ?? [7, 15, 23, 31],
            TokensPerSecond = isQwen2 ? 0 : (double?)vision["tokens_per_second"] ?? 4,
            RotarySections = ((text["rope_parameters"] as JObject) ?? (text["rope_scaling"] as JObject))?["mrope_section"]?.ToObject<int[]>() ?? [],
            ImageTokenId = Size(json, "image_token_id", problems),
            VideoTokenId = Size(json, "video_token_id", problems),
        };
        problems.AddRange(config.Errors(vision));
        return config;
    }

    /// <summary>Writes these values over the keys of a file.</summary>
    /// <param name="json">The whole file.</param>
    internal void WriteTo(JObject json)
    {
        var vision = json["vision_config"] as JObject ?? [];
        json["vision_config"] = vision;
        vision["depth"] = Depth;
        vision["num_heads"] = Heads;
        vision[vision.ContainsKey("in_channels") ? "in_channels" : "in_chans"] = Channels;
        vision["patch_size"] = PatchSize;
        vision["temporal_patch_size"] = TemporalPatchSize;
        vision["spatial_merge_size"] = MergeSize;
        if (Family == VisionFamily.Qwen2)
        {
            vision["embed_dim"] = Width;
            vision["hidden_size"] = OutputWidth;
            vision["mlp_ratio"] ??= IntermediateSize / (double)Width;
        }
        else
        {
            vision["hidden_size"] = Width;
            vision["out_hidden_size"] = OutputWidth;
            vision["intermediate_size"] = IntermediateSize;
            vision["window_size"] = WindowSize;
            vision["fullatt_block_indexes"] = new JArray(FullAttentionBlocks);
            vision["tokens_per_second"] = TokensPerSecond;
            vision["hidden_act"] = "silu";
        }

        json["image_token_id"] = ImageTokenId;
        json["video_token_id"] = VideoTokenId;
    }

    private IEnumerable<string> Errors(JObject vision)
    {
        var activation = Family == VisionFamily.Qwen2 ? "quick_gelu" : "silu";
        if ((string?)vision["hidden_act"] is { } named && named != activation)
        {
            yield return $"vision_config.hidden_act {named} is not computed; {activation} is";
        }

        if (Heads > 0 && (Width % Heads != 0 || HeadSize % 4 != 0))
        {
            yield return $"vision width {Width} does not divide into {Heads} heads of a size that four divides";
        }

        if (WindowSize > 0 && WindowSize % (PatchSize * MergeSize) != 0)
        {
            yield return $"vision_config.window_size {WindowSize} is no multiple of {PatchSize * MergeSize} pixels, one token";
        }

        if (RotarySections.Count != 3)
        {
            yield return "mrope_section must have three parts: time, row, column";
        }
    }

    private static int Size(JObject json, string key, List<string> problems, int? otherwise = null)
    {
        if (otherwise is { } usual && json[key] is null or { Type: JTokenType.Null })
        {
            return usual;
        }

        if (json[key] is { Type: JTokenType.Integer } value && (long)value is > 0 and <= int.MaxValue)
        {
            return (int)value;
        }

        problems.Add($"{key} must be a positive whole number but is {(json[key] is { } other ? other : "missing")}");
        return 0;
    }
}
