using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using R1Reward.Data;
using R1Reward.Policy.Models;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>HF model folders: <c>config.json</c> and safetensors, one file or shards with an index.</summary>
public static class Checkpoint
{
    private const string Single = "model.safetensors";
    private const string Index = "model.safetensors.index.json";

    /// <summary>Reads a model folder.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format to compute in; the stored one is converted.</param>
    /// <exception cref="UserErrorException">Something is missing, surplus or of the wrong shape: all of it in one message.</exception>
    public static CausalLM Load(string directory, Device device, ScalarType dtype)
    {
        var model = new CausalLM(ModelConfig.Load(directory), device, dtype);
        try
        {
            LoadInto(model, directory);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Reads the weights of a folder into a model of the same sizes.</summary>
    public static void LoadInto(CausalLM model, string directory)
    {
        var stored = Files(directory).SelectMany(file => file.Entries.Select(entry => (entry, file)))
            .ToLookup(pair => pair.entry.Name);
        Check(model, stored, directory);
        using var mode = no_grad();
        foreach (var spec in model.Parameters.Specs)
        {
            using var scope = NewDisposeScope();
            model.Parameters[spec.Name].copy_(stored[spec.Name].First().file.Read(spec.Name));
        }
    }

    /// <summary>Writes a folder that HF reads: <c>config.json</c> last, so that a folder with it is complete.</summary>
    /// <param name="model">The model; stored in its own number format.</param>
    /// <param name="directory">Created if absent.</param>
    /// <param name="maxShardBytes">Largest file; more weights than that are split over shards with an index.</param>
    public static void Save(CausalLM model, string directory, long maxShardBytes = 5_000_000_000)
    {
        using var scope = NewDisposeScope();
        var tensors = model.Parameters.Specs.Select(spec => (spec.Name, (Tensor)model.Parameters[spec.Name])).ToList();
        var shards = Shards(tensors, maxShardBytes);
        if (shards.Count == 1)
        {
            SafetensorsFile.Write(Path.Combine(directory, Single), shards[0]);
        }
        else
        {
            WriteShards(directory, shards);
        }

        var config = model.Config.ToJson();
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = model.Dtype.ToString().ToLowerInvariant();
        AtomicFile.Write(Path.Combine(directory, "config.json"), config.ToString(Formatting.Indented) + "\n");
    }

    private static void WriteShards(string directory, List<List<(string Name, Tensor Values)>> shards)
    {
        var places = new JObject();
        for (var i = 0; i < shards.Count; i++)
        {
            var file = $"model-{i + 1:d5}-of-{shards.Count:d5}.safetensors";
            SafetensorsFile.Write(Path.Combine(directory, file), shards[i]);
            foreach (var (name, _) in shards[i])
            {
                places[name] = file;
            }
        }

        var total = shards.Sum(shard => shard.Sum(tensor => tensor.Values.numel() * tensor.Values.ElementSize));
        var index = new JObject { ["metadata"] = new JObject { ["total_size"] = total }, ["weight_map"] = places };
        AtomicFile.Write(Path.Combine(directory, Index), index.ToString(Formatting.Indented) + "\n");
    }

    private static List<List<(string Name, Tensor Values)>> Shards(List<(string Name, Tensor Values)> tensors, long maxBytes)
    {
        var shards = new List<List<(string, Tensor)>> { new() };
        var size = 0L;
        foreach (var (name, values) in tensors)
        {
            var bytes = values.numel() * values.ElementSize;
            if (size + bytes > maxBytes && size > 0)
            {
                shards.Add([]);
                size = 0;
            }

            shards[^1].Add((name, values));
            size += bytes;
        }

        return shards;
    }

    private static List<SafetensorsFile> Files(string directory)
    {
        var index = Path.Combine(directory, Index);
        if (!File.Exists(index))
        {
            return [SafetensorsFile.Open(Path.Combine(directory, Single))];
        }

        try
        {
            var map = JObject.Parse(File.ReadAllText(index))["weight_map"] as JObject
                ?? throw new UserErrorException($"{index} has no weight_map");
            return [.. map.Properties().Select(property => (string)property.Value!).Distinct().Order()
                .Select(file => SafetensorsFile.Open(Path.Combine(directory, Path.GetFileName(file))))];
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{index} is not valid JSON: {broken.Message}", broken);
        }
    }

    private static void Check(CausalLM model, ILookup<string, (TensorEntry Entry, SafetensorsFile File)> stored, string directory)
    {
        var problems = new List<string>();
        foreach (var spec in model.Parameters.Specs)
        {
            var found = stored[spec.Name].ToList();
            if (found.Count == 0)
            {
                problems.Add($"{spec.Name} is missing");
            }
            else if (!found[0].Entry.Shape.SequenceEqual(spec.Shape))
            {
                problems.Add($"{spec.Name} is [{string.Join(", ", found[0].Entry.Shape)}], config.json asks for [{string.Join(", ", spec.Shape)}]");
            }
        }

        var known = model.Parameters.Specs.Select(spec => spec.Name).ToHashSet();
        problems.AddRange(stored.Select(group => group.Key)
            .Where(name => !known.Contains(name) && !(model.Config.TieWordEmbeddings && name == ModelLayout.Head))
            .Select(name => $"{name} is not part of this model"));
        if (problems.Count > 0)
        {
            throw new UserErrorException($"{directory}: the weights do not fit config.json: {string.Join("; ", problems)}");
        }
    }
}
