using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>Makes batches and stored checkpoints available to the other nodes.</summary>
public interface IBatchPublisher
{
    /// <summary>Publishes the scored traces of an update; the previous update's batch may be forgotten.</summary>
    BlobReference PublishBatch(int epoch, int step, IReadOnlyList<JudgedTrace> samples);
}
