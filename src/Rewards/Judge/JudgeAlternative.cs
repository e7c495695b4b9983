namespace R1Reward.Rewards.Judge;

/// <summary>A token that could have stood at a place.</summary>
/// <param name="Text">The token.</param>
/// <param name="LogProb">Its natural log-probability.</param>
public sealed record JudgeAlternative(string Text, double LogProb);
