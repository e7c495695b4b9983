namespace R1Reward.Data.Pairs;

/// <summary>
/// A judge's verdict: which of the two responses is better. The numeric value is what stands in the answer tag.
/// </summary>
public enum Choice
{
    /// <summary>The judge names response 1 as the better one.</summary>
    First = 1,

    /// <summary>The judge names response 2 as the better one.</summary>
    Second = 2,
}
