namespace R1Reward.Data.Evaluation;

/// <summary>The score of one category.</summary>
public sealed record CategoryScore(string Category, Score Score);
