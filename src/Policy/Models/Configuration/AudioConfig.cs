using R1Reward.Data;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>The audio side of a model: the tower's kind and sizes, and how its output stands in the prompt.</summary>
/// <example>
/// Qwen2-Audio-7B: 32 layers of width 1280 with 20 heads over 128 mel filters; a sound of 30 s is 3000 columns, 1500
/// positions, 750 tokens of width 4096.
/// </example>
public sealed record AudioConfig
{
    /// <summary>What the tower shares with its relatives.</summary>
    public required AudioFamily Family { get; init; }

    /// <summary>Number of layers of the tower.</summary>
    public required int Depth { get; init; }

    /// <summary>Width of the tower.</summary>
    public required int Width { get; init; }

    /// <summary>Number of attention heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Width between the two linear layers of each layer.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>Width of the decoder that reads the output.</summary>
    public required int OutputWidth { get; init; }

    /// <summary>Number of mel filters.</summary>
    public int MelBins { get; init; } = 128;

    /// <summary>Positions of the longest sound or chunk, two columns each.</summary>
    public int MaxPositions { get; init; } = 1500;

    /// <summary>Columns of a chunk; 0 where a sound is heard as a whole.</summary>
    public int ChunkColumns { get; init; }

    /// <summary>Id that stands for each token of a sound.</summary>
    public required int TokenId { get; init; }

    /// <summary>Width of one head.</summary>
    public int HeadSize => Width / Heads;

    /// <summary>Refuses preprocessing that gives other features than the tower reads.</summary>
    /// <param name="sounds">The preprocessing of the folder.</param>
    /// <param name="folder">The folder, for the message.</param>
    /// <exception cref="UserErrorException">The features differ, or there are more than the tower has places for.
    /// </exception>
    public void RequireFeaturesOf(SoundConfig sounds, string folder)
    {
        if (sounds.MelBins != MelBins)
        {
            throw new UserErrorException(
                $"{folder}: feature_size is {sounds.MelBins} in the preprocessor's file and num_mel_bins {MelBins} in "
                + "config.json; use the files that belong to the model");
        }

        if (ChunkColumns == 0 && sounds.Columns > 2 * MaxPositions)
        {
            throw new UserErrorException(
                $"{folder}: chunk_length {sounds.Seconds} is longer than the tower hears; max_source_positions "
                + $"{MaxPositions} in config.json are {MaxPositions / 50.0} s");
        }
    }
}
