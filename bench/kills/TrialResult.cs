namespace R1Reward.Bench.Kills;

/// <summary>What a trial did, what its run left behind and how long it took to go on.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="What">What happened to whom, and when.</param>
/// <param name="Faults">What is wrong with what the run left or how long it took; empty where all is well.</param>
/// <param name="Times">When what followed; null where the run did not end.</param>
internal sealed record TrialResult(int Seed, string What, string Faults, TrialTimes? Times);
