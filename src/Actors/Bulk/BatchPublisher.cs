using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Protocol;
using R1Reward.Policy.Advantages;

namespace R1Reward.Actors.Bulk;

/// <summary>Publishes batches: in memory for a learner of this process, as a file for others.</summary>
/// <param name="bulk">This node's hub.</param>
/// <param name="cache">Folder for the files.</param>
internal sealed class BatchPublisher(BulkHub bulk, string cache) : IBatchPublisher
{
    /// <summary>Name of the file in a batch's folder.</summary>
    public const string FileName = "batch.json";

    private BlobReference? _previous;

    /// <inheritdoc/>
    public BlobReference PublishBatch(int epoch, int step, IReadOnlyList<JudgedTrace> traces)
    {
        ForgetPrevious();
        var name = $"batch-e{epoch}-s{step}-{Guid.NewGuid().ToString("N")[..8]}";
        var folder = FolderOf(name);
        Directory.CreateDirectory(folder);
        var batch = new ScoredBatch([.. traces.Select(ToScored)]);
        File.WriteAllBytes(Path.Combine(folder, FileName), WireJson.Write(batch));
        var reference = bulk.Publish(name, folder);
        bulk.Share(name, batch);
        _previous = reference;
        return reference;
    }

    private void ForgetPrevious()
    {
        if (_previous is not null)
        {
            bulk.Forget(_previous.Name);
            Directory.Delete(FolderOf(_previous.Name), recursive: true);
        }
    }

    private string FolderOf(string name) => Path.Combine(cache, BulkOptions.Own, name);

    private static ScoredTrace ToScored(JudgedTrace sample)
    {
        var reward = sample.Reward!;

        // Of a trace without a reward no single term counts either: the learner would add up those that are there.
        double[] terms = [.. reward.Terms.Select(term => (reward.Total is null ? null : term.Value) ?? double.NaN)];
        return new ScoredTrace(sample.Trace, sample.Group, reward.Total ?? double.NaN, terms);
    }
}
