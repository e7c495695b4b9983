using System.Collections.Immutable;

namespace R1Reward.Rewards.Judge;

/// <summary>One token of a reply.</summary>
/// <param name="Text">The token.</param>
/// <param name="LogProb">Its natural log-probability.</param>
/// <param name="Alternatives">
/// The likeliest tokens of the place as the server lists them, as many as were asked for; usually with the token
/// itself.
/// </param>
public sealed record JudgeToken(string Text, double LogProb, ImmutableArray<JudgeAlternative> Alternatives);
