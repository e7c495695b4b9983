namespace R1Reward.Data.Pairs;

/// <summary>A judge's verdict: which of the two responses is better. The numeric value is what stands in the answer tag.</summary>
public enum Choice
{
    /// <summary>Response 1 is better.</summary>
    First = 1,

    /// <summary>Response 2 is better.</summary>
    Second = 2,
}
