namespace R1Reward.Actors.Coordination.Records;

/// <summary>Another coordinator has taken the run over: this one changes nothing more and its process ends.</summary>
/// <param name="own">This coordinator's epoch.</param>
/// <param name="found">The epoch found in the journal.</param>
internal sealed class FencedException(int own, int found)
    : Exception($"the run belongs to a coordinator of epoch {found} now; this one has epoch {own} and gives up");
