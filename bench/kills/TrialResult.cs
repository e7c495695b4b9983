namespace R1Reward.Bench.Kills;

/// <summary>What a trial killed, what its run left behind and how long it took to go on.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="What">What was killed when.</param>
/// <param name="Faults">What is wrong with what the run left; empty where all is well.</param>
/// <param name="Epoch">Seconds from the kill to the next coordinator; null where there was none.</param>
/// <param name="Pause">The longest time without a result after the kill, in seconds.</param>
internal sealed record TrialResult(int Seed, string What, string Faults, double? Epoch, double? Pause);
