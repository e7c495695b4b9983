using System.Collections.Immutable;

namespace R1Reward.Rewards.Judge;

/// <summary>What a server replied: what the cache keeps.</summary>
/// <param name="Text">The text.</param>
/// <param name="Tokens">The text token by token, where that was asked for and returned.</param>
/// <param name="CutOff">Whether the limit of tokens ended it.</param>
internal sealed record JudgeAnswer(string Text, ImmutableArray<JudgeToken> Tokens, bool CutOff = false);
