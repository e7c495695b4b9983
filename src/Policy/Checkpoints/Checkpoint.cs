using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>HF model folders: <c>config.json</c> and safetensors, one file or shards with an index.</summary>
public static class Checkpoint
{
    /// <summary>Reads a model folder. Beside the weights themselves it takes a few dozen MiB.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format to compute in; the stored one is converted.</param>
    /// <exception cref="UserErrorException">Something is missing, surplus or of the wrong shape: all of it in one message.</exception>
    public static CausalLM Load(string directory, Device device, ScalarType dtype)
    {
        var config = ModelConfig.Load(directory);
        var files = Checked(directory, config);
        var model = new CausalLM(config, device, dtype);
        try
        {
            Fill(model, files);
            model.Origin = CheckpointOrigin.Read(directory, model.Parameters.Specs.Select(spec => (spec.Name, files.Tensors[spec.Name].First().Entry)));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Reads the weights of a folder into a model of the same sizes.</summary>
    public static void LoadInto(CausalLM model, string directory) => Fill(model, Checked(directory, model.Config));

    /// <summary>
    /// Writes a folder that HF reads: <c>config.json</c> last, so that a folder with it is complete. A model that came
    /// from a folder is written under the names that it had there, with the files that lay beside the weights.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="directory">Created if absent.</param>
    /// <param name="maxShardBytes">Largest file; more weights than that are split over shards with an index.</param>
    /// <param name="dtype">Number format to store; null: the one that each weight was read in, of a fresh model its own.</param>
    public static void Save(CausalLM model, string directory, long maxShardBytes = 5_000_000_000, ScalarType? dtype = null)
    {
        using var scope = NewDisposeScope();
        var tensors = model.Parameters.Specs.Select(spec => Stored(model, spec.Name, dtype)).ToList();
        var shards = Shards(tensors, maxShardBytes);
        if (shards.Count == 1)
        {
            SafetensorsFile.Write(Path.Combine(directory, CheckpointFiles.Single), shards[0]);
            File.Delete(Path.Combine(directory, CheckpointFiles.Index));
        }
        else
        {
            WriteShards(directory, shards);
            File.Delete(Path.Combine(directory, CheckpointFiles.Single));
        }

        model.Origin?.WriteCompanions(directory);
        var config = model.Config.ToJson();
        NameFormat(config, tensors.MaxBy(tensor => tensor.Values.numel()).Dtype);
        AtomicFile.Write(Path.Combine(directory, "config.json"), config.ToString(Formatting.Indented) + "\n");
    }

    private static CheckpointFiles Checked(string directory, ModelConfig config)
    {
        var files = CheckpointFiles.Open(directory);
        files.Check(config);
        return files;
    }

    private static void Fill(CausalLM model, CheckpointFiles files)
    {
        foreach (var spec in model.Parameters.Specs)
        {
            var (entry, shard) = files.Tensors[spec.Name].First();
            shard.CopyTo(entry.Name, model.Parameters[spec.Name]);
        }
    }

    private static (string Name, Tensor Values, ScalarType Dtype) Stored(CausalLM model, string name, ScalarType? dtype)
    {
        Tensor values = model.Parameters[name];
        return model.Origin is { } origin && origin.Tensors.TryGetValue(name, out var stored)
            ? (stored.Name, values, dtype ?? stored.Dtype)
            : (name, values, dtype ?? values.dtype);
    }

    private static void NameFormat(JObject config, ScalarType dtype)
    {
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = dtype.ToString().ToLowerInvariant();
        foreach (var part in config.PropertyValues().OfType<JObject>())
        {
            foreach (var key in new[] { "dtype", "torch_dtype" }.Where(part.ContainsKey))
            {
                part[key] = dtype.ToString().ToLowerInvariant();
            }
        }
    }

    private static void WriteShards(string directory, List<List<(string Name, Tensor Values, ScalarType Dtype)>> shards)
    {
        var places = new JObject();
        for (var i = 0; i < shards.Count; i++)
        {
            var file = $"model-{i + 1:d5}-of-{shards.Count:d5}.safetensors";
            SafetensorsFile.Write(Path.Combine(directory, file), shards[i]);
            foreach (var (name, _, _) in shards[i])
            {
                places[name] = file;
            }
        }

        var total = shards.Sum(shard => shard.Sum(SafetensorsFile.BytesOf));
        var index = new JObject { ["metadata"] = new JObject { ["total_size"] = total }, ["weight_map"] = places };
        AtomicFile.Write(Path.Combine(directory, CheckpointFiles.Index), index.ToString(Formatting.Indented) + "\n");
    }

    private static List<List<(string Name, Tensor Values, ScalarType Dtype)>> Shards(List<(string Name, Tensor Values, ScalarType Dtype)> tensors, long maxBytes)
    {
        var shards = new List<List<(string, Tensor, ScalarType)>> { new() };
        var size = 0L;
        foreach (var tensor in tensors)
        {
            var bytes = SafetensorsFile.BytesOf(tensor);
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
