namespace R1Reward.Rewards.Terms.Published;

/// <summary>Options of <see cref="R1Composition"/>.</summary>
public sealed record R1CompositionOptions
{
    /// <summary>How a verdict becomes G. Default <see cref="R1Form.Paper"/>.</summary>
    public R1Form Form { get; init; } = R1Form.Paper;

    /// <summary>Factor of the consistency bonus. Default 0.5; 0 turns the judge off.</summary>
    public double ConsistencyWeight { get; init; } = 0.5;

    /// <summary>Factor of the format reward. Default 0.5.</summary>
    public double FormatWeight { get; init; } = 0.5;
}
