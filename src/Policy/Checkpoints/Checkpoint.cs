using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;
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
    public static CausalLM Load(string directory, Device device, ScalarType dtype) =>
        Load(directory, ModelConfig.Load(directory), device, dtype);

    /// <summary>Reads a model folder as another configuration than its own wants it.</summary>
    /// <param name="directory">The folder.</param>
    /// <param name="config">The model to make of the weights.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format to compute in.</param>
    /// <param name="heads">Weights beside the model's own that the folder holds as well; null: none.</param>
    /// <param name="isHere">Whether the model's own are read; else there is no memory for them yet.</param>
    internal static CausalLM Load(
        string directory,
        ModelConfig config,
        Device device,
        ScalarType dtype,
        ParameterTable? heads = null,
        bool isHere = true)
    {
        var files = CheckpointFiles.Open(directory);
        files.Check(config, heads?.Specs);
        var model = new CausalLM(config, device, dtype, isHere);
        try
        {
            ParameterTable[] tables = heads is null ? [model.Parameters] : [model.Parameters, heads];
            foreach (var table in tables.Where(table => table.IsHere))
            {
                Fill(table, files);
            }

            model.Origin = OriginOf(files, tables.SelectMany(table => table.Specs));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Makes the model of a folder without memory for its weights, of which each of several ranks is going to read its
    /// part with <see cref="LoadInto(CausalLM, string)"/>, by <c>AdamW.TakeWeights</c> or <c>FrozenParts</c>.
    /// </summary>
    /// <param name="directory">The folder.</param>
    /// <param name="device">Where the weights go.</param>
    /// <param name="dtype">Number format to compute in; the stored one is converted.</param>
    /// <exception cref="UserErrorException">
    /// Something is missing, surplus or of the wrong shape: all of it in one message.
    /// </exception>
    public static CausalLM Open(string directory, Device device, ScalarType dtype) =>
        Load(directory, ModelConfig.Load(directory), device, dtype, isHere: false);

    /// <summary>Reads the weights of a folder one at a time.</summary>
    /// <param name="model">Says which weights, and in which number format.</param>
    /// <param name="directory">The folder.</param>
    /// <returns>Each weight, in memory of the CPU; disposed when the next one is asked for.</returns>
    public static IEnumerable<Tensor> Weights(CausalLM model, string directory)
    {
        var files = CheckpointFiles.Open(directory);
        foreach (var spec in model.Parameters.Specs)
        {
            var (entry, shard) = files.Tensors[spec.Name].First();
            using var values = empty(spec.Shape, dtype: model.Dtype);
            shard.CopyTo(entry.Name, values);
            yield return values;
        }
    }

    /// <summary>Reads the weights of a folder into a model of the same sizes, or the part that it holds.</summary>
    /// <exception cref="UserErrorException">
    /// Something is missing, surplus or of the wrong shape: all of it in one message.
    /// </exception>
    public static void LoadInto(CausalLM model, string directory) => LoadInto(model, directory, heads: null);

    /// <summary>As the other, of a folder that holds further weights as well, which are not read.</summary>
    internal static void LoadInto(CausalLM model, string directory, IReadOnlyList<ParameterSpec>? heads)
    {
        var files = CheckpointFiles.Open(directory);
        files.Check(model.Config, heads);
        Fill(model.Parameters, files);
    }

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
    /// <remarks>
    /// Where each of several ranks holds a part of the weights, the others call <see cref="HelpSave"/> meanwhile.
    /// </remarks>
    public static void Save(
        CausalLM model,
        string directory,
        long maxShardBytes = 5_000_000_000,
        ScalarType? dtype = null)
    {
        var tensors = Stored(model, model.Parameters, dtype);
        Save(model, directory, tensors, ModelConfigWriter.Write(model.Config), maxShardBytes);
    }

    /// <summary>
    /// Does a rank's share of another one's <see cref="Save(CausalLM, string, long, ScalarType?)"/>, where each holds a
    /// part of the weights; else nothing.
    /// </summary>
    public static void HelpSave(CausalLM model)
    {
        foreach (var _ in model.Parameters.InOrder())
        {
            // Each weight has been sent to the one that writes it.
        }
    }

    /// <summary>
    /// As <see cref="Save(CausalLM, string, long, ScalarType?)"/>, with further weights after the model's own, and a
    /// <c>config.json</c> as given.
    /// </summary>
    internal static void Save(
        CausalLM model,
        string directory,
        IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> tensors,
        JObject config,
        long maxShardBytes = 5_000_000_000)
    {
        using var scope = NewDisposeScope();
        using var there = model.Parameters.InOrder().GetEnumerator();
        CheckpointShards.Write(directory, tensors, maxShardBytes, () => there.MoveNext());
        model.Origin?.WriteCompanions(directory);
        StateFormat(config, tensors.MaxBy(tensor => tensor.Values.numel()).Dtype);
        AtomicFile.Write(
            Path.Combine(directory, ModelConfig.FileName),
            config.ToString(Formatting.Indented) + "\n");
    }

    /// <summary>
    /// The weights of a table as they are stored: under the names and in the formats that they were read in.
    /// </summary>
    internal static IReadOnlyList<(string Name, Tensor Values, ScalarType Dtype)> Stored(
        CausalLM model, ParameterTable table, ScalarType? dtype) => [.. table.Specs.Select(spec =>
        {
            Tensor values = table[spec.Name];
            return model.Origin is { } origin && origin.Tensors.TryGetValue(spec.Name, out var stored)
                ? (stored.Name, values, dtype ?? stored.Dtype)
                : (TensorNames.InFile(spec.Name, model.Config), values, dtype ?? values.dtype);
        })];

    private static CheckpointOrigin OriginOf(CheckpointFiles files, IEnumerable<ParameterSpec> specs) =>
        CheckpointOrigin.Read(
            files.Directory, specs.Select(spec => (spec.Name, files.Tensors[spec.Name].First().Entry)));

    private static void Fill(ParameterTable table, CheckpointFiles files)
    {
        if (table.Parts is { } parts)
        {
            FillPart(parts, files);
            return;
        }

        foreach (var spec in table.Specs)
        {
            var (entry, shard) = files.Tensors[spec.Name].First();
            shard.CopyTo(entry.Name, table[spec.Name]);
        }
    }

    private static void FillPart(IWeightParts parts, CheckpointFiles files)
    {
        using var scope = NewDisposeScope();
        foreach (var (spec, start, values) in parts.Held())
        {
            var (entry, shard) = files.Tensors[spec.Name].First();
            shard.CopyTo(entry.Name, values, start);
        }
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
