using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Protocol;

/// <summary>A trace as the scorer needs it.</summary>
/// <param name="Id">Its identity.</param>
/// <param name="Text">What was sampled.</param>
/// <param name="Tokens">How many tokens that was.</param>
/// <param name="Verdict">The judge's verdict.</param>
/// <param name="JudgeReason">Why the judge gave none; null when it did.</param>
internal sealed record JudgedReply(string Id, string Text, int Tokens, ConsistencyVerdict Verdict, string? JudgeReason);
