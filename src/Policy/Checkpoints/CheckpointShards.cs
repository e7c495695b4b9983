using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>Writes the weights of a model folder: one file, or shards with an index where they are larger.</summary>
internal static class CheckpointShards
{
    /// <summary>
    /// Writes all weights, and deletes the file of the other kind that an earlier save may have left.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="tensors">The weights.</param>
    /// <param name="maxBytes">Largest file.</param>
    /// <param name="next">Called before each weight is read.</param>
    internal static void Write(
        string directory,
        IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> tensors,
        long maxBytes,
        Action next)
    {
        var shards = Split(tensors, maxBytes);
        if (shards.Count == 1)
        {
            SafetensorsWriter.Write(Path.Combine(directory, CheckpointFiles.Single), shards[0], next);
            File.Delete(Path.Combine(directory, CheckpointFiles.Index));
        }
        else
        {
            WriteShards(directory, shards, next);
            File.Delete(Path.Combine(directory, CheckpointFiles.Single));
        }
    }

    private static void WriteShards(
        string directory,
        List<List<(string Name, Tensor Values, ScalarType Dtype)>> shards,
        Action next)
    {
        var places = new JObject();
        for (var i = 0; i < shards.Count; i++)
        {
            var file = $"model-{i + 1:d5}-of-{shards.Count:d5}.safetensors";
            SafetensorsWriter.Write(Path.Combine(directory, file), shards[i], next);
            foreach (var (name, _, _) in shards[i])
            {
                places[name] = file;
            }
        }

        var total = shards.Sum(shard => shard.Sum(SafetensorsWriter.BytesOf));
        var index = new JObject { ["metadata"] = new JObject { ["total_size"] = total }, ["weight_map"] = places };
        AtomicFile.Write(
            Path.Combine(directory, CheckpointFiles.Index),
            index.ToString(Formatting.Indented) + "\n");
    }

    private static List<List<(string Name, Tensor Values, ScalarType Dtype)>> Split(
        IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> tensors,
        long maxBytes)
    {
        var shards = new List<List<(string, Tensor, ScalarType)>> { new() };
        var size = 0L;
        foreach (var tensor in tensors)
        {
            var bytes = SafetensorsWriter.BytesOf(tensor);
            if (size + bytes > maxBytes && size > 0)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add(tensor);
            size += bytes;
        }

        return shards;
    }
}
