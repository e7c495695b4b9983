using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// Model folders as Hugging Face has them: <c>config.json</c> and safetensors, one file or shards with an index.
/// </summary>
public static class Checkpoint
{
    /// <summary>Reads a model folder. Beside the weights themselves it takes a few dozen MiB.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format to compute in; the stored one is converted.</param>
    /// <exception cref="UserErrorException">
    /// Something is missing, surplus or of the wrong shape: all of it in one message.
    /// </exception>
    public static CausalLM Load(string directory, Device device, ScalarType dtype)
    {
        var config = ModelConfig.Load(directory);
        var files = OpenChecked(directory, config);
        var model = new CausalLM(config, device, dtype);
        try
        {
            Fill(model, files);
            var entries = model.Parameters.Specs.Select(spec => (spec.Name, files.Tensors[spec.Name].First().Entry));
            model.Origin = CheckpointOrigin.Read(directory, entries);
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Reads the weights of a folder into a model of the same sizes.</summary>
    /// <exception cref="UserErrorException">
    /// Something is missing, surplus or of the wrong shape: all of it in one message.
    /// </exception>
    public static void LoadInto(CausalLM model, string directory) => Fill(model, OpenChecked(directory, model.Config));

    /// <summary>
    /// Writes a folder that Hugging Face's library reads: <c>config.json</c> last, so that a folder with it is
    /// complete. A model that came from a folder is written under the names that it had there, with the files that lay
    /// beside the weights.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="directory">Made if missing.</param>
    /// <param name="maxShardBytes">Largest file; more weights than that are split over shards with an index.</param>
    /// <param name="dtype">
    /// Number format to store; null: the one that each weight was read in, of a fresh model its own.
    /// </param>
    public static void Save(
        CausalLM model,
        string directory,
        long maxShardBytes = 5_000_000_000,
        ScalarType? dtype = null)
    {
        using var scope = NewDisposeScope();
        var tensors = model.Parameters.Specs.Select(spec => Stored(model, spec.Name, dtype)).ToList();
        CheckpointShards.Write(directory, tensors, maxShardBytes);
        model.Origin?.WriteCompanions(directory);
        var config = ModelConfigWriter.Write(model.Config);
        StateFormat(config, tensors.MaxBy(tensor => tensor.Values.numel()).Dtype);
        AtomicFile.Write(
            Path.Combine(directory, ModelConfig.FileName),
            config.ToString(Formatting.Indented) + "\n");
    }

    private static CheckpointFiles OpenChecked(string directory, ModelConfig config)
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

    /// <summary>
    /// Writes the number format under the key that the file has for it, also in the parts of the file.
    /// </summary>
    private static void StateFormat(JObject config, ScalarType dtype)
    {
        var name = dtype.ToString().ToLowerInvariant();
        config[config.ContainsKey("dtype") ? "dtype" : "torch_dtype"] = name;
        foreach (var part in config.PropertyValues().OfType<JObject>())
        {
            foreach (var key in new[] { "dtype", "torch_dtype" }.Where(part.ContainsKey))
            {
                part[key] = name;
            }
        }
    }
}
