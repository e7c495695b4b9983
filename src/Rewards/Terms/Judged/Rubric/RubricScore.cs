namespace R1Reward.Rewards.Terms.Judged.Rubric;

/// <summary>What a judge says about one aspect.</summary>
/// <param name="Value">The score as written, outside of the scale too; null where there is none.</param>
/// <param name="NotApplicable">Whether the judge wrote N/A.</param>
public readonly record struct RubricScore(double? Value, bool NotApplicable);
