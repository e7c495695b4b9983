namespace R1Reward.Data.Pairs;

/// <summary>
/// The policy's choice: which of the two responses is better. The numeric value is what stands in the answer tag.
/// </summary>
public enum Choice
{
    /// <summary>The policy names response 1 as the better one.</summary>
    First = 1,

    /// <summary>The policy names response 2 as the better one.</summary>
    Second = 2,
}
