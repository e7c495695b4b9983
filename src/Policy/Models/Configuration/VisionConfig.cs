using R1Reward.Data;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>The vision side of a model: the tower's kind and sizes, and how its output stands in the prompt.</summary>
/// <example>
/// Qwen2.5-VL-3B: 32 blocks of width 1280 with 16 heads, patches of 2 x 14 x 14, groups of 2 x 2 patches become one
/// token of width 2048; a picture of 280 x 420 pixels is 20 x 30 patches, 150 tokens.
/// </example>
public sealed record VisionConfig
{
    /// <summary>Added inside the root of the tower's norms; the files do not state it.</summary>
    internal const double NormEpsilon = 1e-6;

    /// <summary>What the tower shares with its relatives.</summary>
    public required VisionFamily Family { get; init; }

    /// <summary>Number of blocks of the tower.</summary>
    public required int Depth { get; init; }

    /// <summary>Width of the tower.</summary>
    public required int Width { get; init; }

    /// <summary>Width of the decoder that reads the output.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Number of attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Width inside the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Pixels per side of a patch.</summary>
    public int PatchSize { get; init; } = 14;

    /// <summary>Frames of a patch.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Patches per side of a group that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Number of colour channels.</summary>
    public int Channels { get; init; } = 3;

    /// <summary>Pixels per side of an attention window; 0 where every block sees the whole frame.</summary>
    public int WindowSize { get; init; }

    /// <summary>Blocks that see the whole frame although there are windows.</summary>
    public IReadOnlyList<int> FullAttentionBlocks { get; init; } = [];

    /// <summary>Learned positions per side of a frame, which is stretched over any size; 0: none.</summary>
    public int PositionsPerSide { get; init; }

    /// <summary>
    /// Blocks whose output goes into the decoder too, that of the first into its first layer, and so on.
    /// </summary>
    public IReadOnlyList<int> DeepStackBlocks { get; init; } = [];

    /// <summary>
    /// Time positions per second of a video; 0: one position per temporal group, whatever its length.
    /// </summary>
    public double TokensPerSecond { get; init; }

    /// <summary>How many of the decoder's rotary frequencies follow time, row and column, in this order.</summary>
    public required IReadOnlyList<int> RotarySections { get; init; }

    /// <summary>Id that stands for each token of a picture.</summary>
    public required int ImageTokenId { get; init; }

    /// <summary>Id that stands for each token of a video.</summary>
    public required int VideoTokenId { get; init; }

    /// <summary>Ids before and after each temporal group of a video, where the family shows times.</summary>
    public (int Start, int End) GroupTokenIds { get; init; }

    /// <summary>Width of one head.</summary>
    public int HeadSize => Width / Heads;

    /// <summary>Width of a group of patches that becomes one token.</summary>
    internal int JoinedWidth => Width * MergeSize * MergeSize;

    /// <summary>Numbers of one patch.</summary>
    public int PatchValues => Channels * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Refuses preprocessing that cuts pictures into other patches than the tower reads.</summary>
    /// <param name="cut">The preprocessing of the folder.</param>
    /// <param name="folder">The folder, for the message.</param>
    /// <exception cref="UserErrorException">The patches differ.</exception>
    public void RequirePatchesOf(PreprocessorConfig cut, string folder)
    {
        var (found, expected) = (
            (cut.PatchSize, cut.TemporalPatchSize, cut.MergeSize),
            (PatchSize, TemporalPatchSize, MergeSize));
        if (found != expected)
        {
            throw new UserErrorException(
                $"{folder}: patch_size, temporal_patch_size and merge_size are {found} in the preprocessor's file and "
                + $"{expected} in config.json; use the files that belong to the model");
        }
    }

    /// <summary>Refuses preprocessing of videos for another tower, or by another family's rules.</summary>
    /// <param name="cut">The preprocessing of the folder.</param>
    /// <param name="folder">The folder, for the message.</param>
    /// <exception cref="UserErrorException">Patches or rules differ.</exception>
    public void RequireVideosOf(PreprocessorConfig cut, string folder)
    {
        RequirePatchesOf(cut, folder);
        if (cut.Qwen3Video != Family.ShowsTimes)
        {
            throw new UserErrorException(
                $"{folder}: videos of models of type {Family.ModelType} are prepared by other rules than its files "
                + "say; use the video_preprocessor_config.json that belongs to the model");
        }
    }

    /// <summary>The axis that one of the decoder's rotary frequencies follows: time 0, row 1, column 2.</summary>
    internal int AxisOf(int frequency)
    {
        if (Family.InterleavesAxes)
        {
            // In turn, and time where an axis has no more of them.
            var turn = frequency % 3;
            return frequency < 3 * RotarySections[turn] ? turn : 0;
        }

        var row = RotarySections[0];
        return frequency < row ? 0 : frequency < row + RotarySections[1] ? 1 : 2;
    }

    /// <summary>Whether a block attends within windows.</summary>
    internal bool HasWindows(int block) => WindowSize > 0 && !FullAttentionBlocks.Contains(block);
}
