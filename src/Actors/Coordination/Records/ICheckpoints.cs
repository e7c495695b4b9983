using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// The checkpoints of a run. A worker writes one under a name of its own (<see cref="CheckpointClaim"/>), so that one
/// that was given up disturbs nobody; it gets its place when its result is counted.
/// </summary>
internal interface ICheckpoints
{
    /// <summary>Gives a checkpoint its place, where it replaces what no journal line names.</summary>
    /// <param name="claimed">As the worker wrote it, relative to the run folder.</param>
    /// <returns>Its place, relative to the run folder.</returns>
    string Keep(string claimed);

    /// <summary>Removes those that newer ones have replaced, once the journal names the newest.</summary>
    void RemoveOld();

    /// <summary>Serves the weights of a checkpoint from this node.</summary>
    /// <param name="checkpoint">Relative to the run folder.</param>
    /// <param name="step">The update that made it; 0 for the cold start.</param>
    WeightsReference Publish(string checkpoint, int step);
}
