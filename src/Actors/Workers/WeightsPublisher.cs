using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Actors.Workers;

/// <summary>Makes new weights available: a copy in memory for workers of this process, files for those of others. The newest three stay.</summary>
/// <param name="bulk">This node's hub.</param>
internal sealed class WeightsPublisher(BulkHub bulk) : IDisposable
{
    // One being sampled from, one being fetched, one just made.
    private const int Kept = 3;

    private readonly string _root = Directory.CreateTempSubdirectory("r1reward-weights-").FullName;
    private readonly Queue<string> _published = [];

    /// <summary>Publishes a model as a policy version.</summary>
    public WeightsReference Publish(int version, CausalLM model, Tokenizer tokenizer)
    {
        var name = $"weights-v{version}-{Guid.NewGuid().ToString("N")[..8]}";
        var folder = Path.Combine(_root, name);
        Directory.CreateDirectory(folder);
        Checkpoint.Save(model, folder);
        tokenizer.CopyTo(folder);
        var blob = bulk.Publish(name, folder);
        bulk.Share(name, model.Clone());
        _published.Enqueue(name);
        while (_published.Count > Kept)
        {
            Forget(_published.Dequeue());
        }

        return new WeightsReference(new PolicyVersion(version), blob);
    }

    public void Dispose()
    {
        while (_published.TryDequeue(out var name))
        {
            Forget(name);
        }

        Directory.Delete(_root, recursive: true);
    }

    private void Forget(string name)
    {
        bulk.Forget(name);
        Directory.Delete(Path.Combine(_root, name), recursive: true);
    }
}
