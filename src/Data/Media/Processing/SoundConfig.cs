namespace R1Reward.Data.Media.Processing;

/// <summary>How a model wants its sounds. The defaults are Qwen2-Audio's.</summary>
public sealed record SoundConfig
{
    /// <summary>Samples per second that models hear.</summary>
    public const int Rate = Sound.LogMel.Rate;

    /// <summary>Number of mel filters.</summary>
    public int MelBins { get; init; } = 128;

    /// <summary>Columns of the longest sound.</summary>
    public int Columns => Seconds * Rate / Sound.LogMel.Hop;

    /// <summary>Seconds of the longest sound; what is longer is cut, as in the published extractor.</summary>
    public int Seconds { get; init; } = 30;
}
