namespace R1Reward.Data.Media.Processing;

/// <summary>How many patches one picture or video has along each axis, before neighbouring ones are merged.</summary>
/// <param name="Groups">Temporal groups: 1 for a picture, half the frames for a video.</param>
/// <param name="Rows">Patch rows, a multiple of the merge size.</param>
/// <param name="Columns">Patch columns, a multiple of the merge size.</param>
public readonly record struct PatchGrid(int Groups, int Rows, int Columns)
{
    /// <summary>The number of patches in the whole grid.</summary>
    public int Patches => Groups * Rows * Columns;

    /// <summary>Tokens in the decoder's prompt, when mergeSize x mergeSize neighbours become one.</summary>
    public int Tokens(int mergeSize) => Patches / (mergeSize * mergeSize);
}
