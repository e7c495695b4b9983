using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The media of a batch of prompts.</summary>
/// <param name="Rows">
/// For each row of the batch its media in the order in which their placeholder tokens stand; none for text.
/// </param>
/// <remarks>
/// An item that stands in several places, as in several samples of one prompt, goes through the tower once if it is the
/// same object.
/// </remarks>
public sealed record MediaInputs(IReadOnlyList<IReadOnlyList<MediaFeatures>> Rows)
{
    /// <summary>The inputs of a batch; null where it is all text.</summary>
    public static MediaInputs? From(IEnumerable<IReadOnlyList<MediaFeatures>> rows)
    {
        IReadOnlyList<MediaFeatures>[] all = [.. rows];
        return Array.Exists(all, row => row.Count > 0) ? new(all) : null;
    }

    /// <summary>The inputs of some consecutive rows; null where they are all text.</summary>
    internal MediaInputs? Slice(int start, int count) => From(Rows.Skip(start).Take(count));
}
