namespace R1Reward.Actors.Protocol;

/// <summary>What the rollout workers of a run have handed in during the last minute.</summary>
/// <param name="TracesPerSecond">Sampled traces per second.</param>
/// <param name="TokensPerSecond">Their sampled tokens per second, prompts not counted.</param>
public sealed record RunThroughput(double TracesPerSecond, double TokensPerSecond);
