namespace R1Reward.Actors.Coordination;

/// <summary>
/// Updates were lost with their learner: the coordinator starts again from the journal, as after a restart.
/// </summary>
/// <param name="step">The last update that a checkpoint holds.</param>
/// <param name="reason">Why the newest weights are lost.</param>
internal sealed class RolledBackException(int step, string reason) : Exception($"going back to step {step}: {reason}");
