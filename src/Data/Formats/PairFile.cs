using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>A data file as read.</summary>
/// <param name="Pairs">Its pairs, in file order.</param>
/// <param name="Format">The format it was read as, never <see cref="PairFormat.Auto"/>.</param>
/// <param name="Skipped">One message per bad row, where skipping was asked for.</param>
/// <param name="MediaMissing">Pairs of which a picture, video or sound is not on disk; their text is still
/// good.</param>
public sealed record PairFile(
    IReadOnlyList<PreferencePair> Pairs,
    PairFormat Format,
    IReadOnlyList<string> Skipped,
    IReadOnlyList<PairId> MediaMissing);
