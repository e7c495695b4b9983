using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Models.Vision;

/// <summary>The pictures and videos of a batch of prompts.</summary>
/// <param name="Rows">
/// For each row of the batch its media in the order in which their placeholder tokens stand; none for text.
/// </param>
/// <remarks>
/// An item that stands in several places, as in several samples of one prompt, goes through the tower once if it is the
/// same object.
/// </remarks>
public sealed record VisionInputs(IReadOnlyList<IReadOnlyList<MediaPatches>> Rows)
{
    /// <summary>The inputs of a batch; null where it is all text.</summary>
    public static VisionInputs? From(IEnumerable<IReadOnlyList<MediaPatches>> rows)
    {
        IReadOnlyList<MediaPatches>[] all = [.. rows];
        return Array.Exists(all, row => row.Count > 0) ? new(all) : null;
    }

    /// <summary>The inputs of some consecutive rows; null where they are all text.</summary>
    internal VisionInputs? Slice(int start, int count) => From(Rows.Skip(start).Take(count));
}
