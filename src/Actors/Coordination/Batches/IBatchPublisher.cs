using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>Makes the batch of an update available to the learner, on whichever node it is.</summary>
internal interface IBatchPublisher
{
    /// <summary>
    /// Publishes the traces of an update with their rewards. The batch of the update before may be forgotten.
    /// </summary>
    /// <param name="epoch">The coordinator's epoch, part of the name under which the batch is published.</param>
    /// <param name="step">The update.</param>
    /// <param name="traces">The traces, those of one prompt next to each other.</param>
    BlobReference PublishBatch(int epoch, int step, IReadOnlyList<JudgedTrace> traces);
}
