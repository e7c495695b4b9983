using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Parameters;
using R1Reward.Policy.Safetensors;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// The safetensors files of a model folder: one, or shards with an index. Opening reads the headers alone.
/// </summary>
public sealed class CheckpointFiles
{
    internal const string Single = "model.safetensors";
    internal const string Index = "model.safetensors.index.json";

    private CheckpointFiles(string directory, IReadOnlyList<SafetensorsFile> shards)
    {
        Directory = directory;
        Shards = shards;
        Tensors = shards.SelectMany(shard => shard.Entries.Select(entry => (Entry: entry, Shard: shard)))
            .Where(tensor => !TensorNames.IsComputed(tensor.Entry.Name) && !Thinker.LeavesOut(tensor.Entry.Name))
            .ToLookup(tensor => TensorNames.Canonical(tensor.Entry.Name));
    }

    /// <summary>The files, in the order of their names.</summary>
    public IReadOnlyList<SafetensorsFile> Shards { get; }

    /// <summary>The folder that was opened, for messages.</summary>
    internal string Directory { get; }

    /// <summary>The tensors in the files, by canonical name.</summary>
    internal ILookup<string, (TensorEntry Entry, SafetensorsFile Shard)> Tensors { get; }

    /// <summary>
    /// Finds and checks the files of a folder, those beside the weights for being plain files. One file goes before
    /// shards where both are there, as in Hugging Face's loader.
    /// </summary>
    /// <exception cref="UserErrorException">There are none, or one is missing or broken.</exception>
    public static CheckpointFiles Open(string directory)
    {
        CheckpointOrigin.CompanionsOf(directory);
        var single = Path.Combine(directory, Single);
        var index = Path.Combine(directory, Index);
        if (File.Exists(single))
        {
            return new(directory, [SafetensorsFile.Open(single)]);
        }

        if (!File.Exists(index))
        {
            throw new UserErrorException(NoWeights(directory));
        }

        var names = ReadIndex(index);
        var missing = names.Where(name => !File.Exists(Path.Combine(directory, name))).ToList();
        if (missing.Count > 0)
        {
            var are = missing.Count == 1 ? "is" : "are";
            throw new UserErrorException($"{index} lists {string.Join(", ", missing)}, which {are} not there");
        }

        return new(directory, [.. names.Select(name => SafetensorsFile.Open(Path.Combine(directory, name)))]);
    }

    /// <summary>Compares names and shapes with what a configuration asks for.</summary>
    /// <exception cref="UserErrorException">All differences, by name.</exception>
    public void Check(ModelConfig config) => Check(config, null);

    /// <summary>As the other, with further weights that have to be there.</summary>
    internal void Check(ModelConfig config, IReadOnlyList<ParameterSpec>? more) =>
        CheckpointCheck.Run(this, config, more ?? []);

    private static string NoWeights(string directory)
    {
        var neither = $"{directory} has neither {Single} nor {Index}";
        if (System.IO.Directory.Exists(directory)
            && new[] { "*.bin", "*.pth" }.SelectMany(kind => System.IO.Directory.EnumerateFiles(directory, kind))
                .Select(Path.GetFileName).FirstOrDefault() is { } pickled)
        {
            return $"{neither}, only pickled weights ({pickled}), which may hold code; "
                + $"write {Single} with r1reward model convert";
        }

        return $"{neither}; fetch the model's weights";
    }

    private static List<string> ReadIndex(string index)
    {
        try
        {
            var map = JObject.Parse(RegularFile.ReadText(index))["weight_map"] as JObject;
            if (map is not { Count: > 0 } || map.PropertyValues().Any(file => file.Type != JTokenType.String))
            {
                throw new UserErrorException($"{index} has no weight_map from the names of weights to those of files");
            }

            List<string> names =
                [.. map.PropertyValues().Select(file => (string)file!).Distinct().Order(StringComparer.Ordinal)];
            return names.Find(name => name is "" or "." or ".." || Path.GetFileName(name) != name) is not { } elsewhere
                ? names
                : throw new UserErrorException(
                    $"{index}: weight_map names {JsonConvert.ToString(elsewhere)}, which is no file of this folder");
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{index} is not valid JSON: {broken.Message}", broken);
        }
    }
}
