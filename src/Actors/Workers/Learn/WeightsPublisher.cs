using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Traces;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Models;
using R1Reward.Policy.Tokenization;

namespace R1Reward.Actors.Workers.Learn;

/// <summary>
/// Makes new weights available: a copy in memory for workers of this process, files for those of others. The newest
/// three stay. There are files alone where each rank holds a part of the weights, or nobody samples in this process.
/// </summary>
/// <param name="bulk">This node's hub.</param>
/// <param name="samplesHere">Whether workers of this process sample with them.</param>
internal sealed class WeightsPublisher(BulkHub bulk, bool samplesHere) : IDisposable
{
    // One being sampled from, one being fetched, one just made.
    private const int Kept = 3;

    private readonly string _root = Directory.CreateTempSubdirectory("r1reward-weights-").FullName;
    private readonly Queue<(string Name, CausalLM? Copy)> _published = [];

    /// <summary>Publishes a model as a policy version, an adapter merged into its weights.</summary>
    /// <param name="version">The version.</param>
    /// <param name="mark">A number that no other weights of the version have.</param>
    /// <param name="model">The model.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    public WeightsReference Publish(int version, int mark, CausalLM model, Tokenizer tokenizer)
    {
        var name = $"weights-v{version}-{mark:x8}";
        var folder = Path.Combine(_root, name);
        Directory.CreateDirectory(folder);
        var copy = CopyOf(model);
        Checkpoint.Save(copy ?? model, folder, dtype: model.Dtype);
        tokenizer.CopyTo(folder);
        var blob = bulk.Publish(name, folder);
        if (copy is not null)
        {
            bulk.Share(name, copy);
        }

        _published.Enqueue((name, copy));
        return new WeightsReference(new PolicyVersion(version), blob);
    }

    public void Dispose()
    {
        while (_published.TryDequeue(out var oldest))
        {
            Forget(oldest.Name);
            oldest.Copy?.Dispose();
        }

        Directory.Delete(_root, recursive: true);
    }

    // Beyond the newest few the oldest copy is written over: no tensors are made after the first updates.
    private CausalLM? CopyOf(CausalLM model)
    {
        CausalLM? copy = null;
        if (_published.Count == Kept)
        {
            (var oldest, copy) = _published.Dequeue();
            Forget(oldest);
        }

        // An adapter is merged into a copy.
        if (!model.IsWhole || (!samplesHere && model.Adapter is null))
        {
            copy?.Dispose();
            return null;
        }

        if (copy is null)
        {
            return model.Clone();
        }

        copy.CopyFrom(model);
        return copy;
    }

    private void Forget(string name)
    {
        bulk.Forget(name);
        Directory.Delete(Path.Combine(_root, name), recursive: true);
    }
}
