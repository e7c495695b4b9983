namespace R1Reward.Policy.Models.Vision;

/// <summary>
/// Position of the first text token after a video, on which releases of transformers differ; pictures are the same
/// under all. A model is to be used with the rule that it was trained with.
/// </summary>
public enum PositionRule
{
    /// <summary>After the largest position of any axis: the original releases, and transformers up to 5.0.</summary>
    AfterLargest,

    /// <summary>
    /// After the larger side of the frame, even if the time axis went further: transformers 5.4 and later.
    /// </summary>
    AfterFrame,

    /// <summary>
    /// As <see cref="AfterLargest"/>, seconds cut to a whole number before they become positions: transformers 4.52 to
    /// 5.0.
    /// </summary>
    AfterLargestWholeSeconds,
}
