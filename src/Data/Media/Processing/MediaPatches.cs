namespace R1Reward.Data.Media.Processing;

/// <summary>A picture or video as a vision tower takes it.</summary>
/// <param name="Kind">Whether the patches are of a picture or of a video.</param>
/// <param name="Values">Normalised patches, row by row (patches, patch values), merge group by merge group; a patch's
/// values run channel, frame, row, column.</param>
/// <param name="Grid">How many patches lie along each axis.</param>
/// <param name="SecondsPerGroup">Seconds that one temporal group of a video spans; 0 for a picture.</param>
public sealed record MediaPatches(MediaKind Kind, float[] Values, PatchGrid Grid, double SecondsPerGroup = 0)
    : MediaFeatures(Kind, Values)
{
    /// <summary>Second of the video that each temporal group shows; empty for a picture.</summary>
    public IReadOnlyList<double> Times { get; init; } = [];
}
