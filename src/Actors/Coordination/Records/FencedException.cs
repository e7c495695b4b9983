namespace R1Reward.Actors.Coordination.Records;

/// <summary>Another coordinator has taken the run over: this one changes nothing more and its process ends.</summary>
/// <param name="own">This coordinator's epoch.</param>
/// <param name="found">The epoch found in the journal.</param>
internal sealed class FencedException(int own, int found)
    : Exception(
        $"another coordinator has taken this run over (epoch {found}; this one had {own}): it goes on there, and this "
        + "process ends without writing anything more.");
