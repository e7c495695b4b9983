using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Bulk;

/// <summary>Publishes batches: in memory for a learner of this process, as a file for others.</summary>
/// <param name="bulk">This node's hub.</param>
/// <param name="cache">Folder for the files.</param>
public sealed class BatchPublisher(BulkHub bulk, string cache) : IBatchPublisher
{
    /// <summary>Name of the file in a batch's folder.</summary>
    public const string FileName = "batch.json";

    private (string Name, string Folder)? _previous;

    /// <inheritdoc/>
    public BlobReference PublishBatch(int epoch, int step, IReadOnlyList<JudgedTrace> traces)
    {
        if (_previous is var (old, oldFolder))
        {
            bulk.Forget(old);
            Directory.Delete(oldFolder, recursive: true);
        }

        var name = $"batch-e{epoch}-s{step}-{Guid.NewGuid().ToString("N")[..8]}";
        var folder = Path.Combine(cache, BulkOptions.Own, name);
        Directory.CreateDirectory(folder);
        var batch = new ScoredBatch([.. traces.Select(sample => new ScoredTrace(
            sample.Trace, sample.Group, sample.Reward!.Total, [.. sample.Reward.Terms.Select(term => term.Value ?? double.NaN)]))]);
        File.WriteAllBytes(Path.Combine(folder, FileName), WireJson.Write(batch));
        _previous = (name, folder);
        var reference = bulk.Publish(name, folder);
        bulk.Share(name, batch);
        return reference;
    }
}
