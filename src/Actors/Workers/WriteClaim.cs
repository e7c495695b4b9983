using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;

namespace R1Reward.Actors.Workers;

/// <summary>
/// The right of a worker to write checkpoints into a run folder: under a name of its own, and only as long as no later
/// coordinator has the run.
/// </summary>
/// <param name="folder">The run folder.</param>
internal sealed class WriteClaim(RunFolder folder)
{
    /// <summary>Whether the coordinator that gave an item out still has the run.</summary>
    public bool IsCurrent(WorkKey key) => Journal.EpochOf(folder.Root) <= key.Epoch;

    /// <summary>Claims the name under which the checkpoint of an item is written, relative to the run folder.</summary>
    /// <exception cref="OperationCanceledException">Another coordinator has the run.</exception>
    public string Claim(string checkpoint, WorkKey key) => IsCurrent(key)
        ? CheckpointClaim.Of(checkpoint, key)
        : throw new OperationCanceledException($"{key.Id} was given out under epoch {key.Epoch}, which is over");
}
