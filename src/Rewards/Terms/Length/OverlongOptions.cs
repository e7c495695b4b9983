namespace R1Reward.Rewards.Terms.Length;

/// <summary>Options of the term <c>overlong</c>.</summary>
public sealed record OverlongOptions
{
    /// <summary>Tokens that a reply may have (<c>max-tokens</c>). Default: the run's limit.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>The last tokens before the limit, over which the penalty grows (<c>buffer</c>). Default 1024, or all of a shorter limit.</summary>
    public int Buffer { get; init; } = 1024;

    /// <summary>The penalty at the limit (<c>factor</c>), at least 0. Default 1.</summary>
    public double Factor { get; init; } = 1.0;
}
