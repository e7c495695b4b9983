using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Models;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Safetensors;

namespace R1Reward.Policy.Checkpoints;

/// <summary>The safetensors files of a model folder: one, or shards with an index. Opening reads the headers only.</summary>
public sealed class CheckpointFiles
{
    internal const string Single = "model.safetensors";
    internal const string Index = "model.safetensors.index.json";

    // More names than this say no more.
    private const int NamesShown = 60;

    private readonly string _directory;

    private CheckpointFiles(string directory, IReadOnlyList<SafetensorsFile> shards)
    {
        (_directory, Shards) = (directory, shards);
        Tensors = shards.SelectMany(shard => shard.Entries.Select(entry => (Entry: entry, Shard: shard)))
            .Where(tensor => !TensorNames.IsComputed(tensor.Entry.Name))
            .ToLookup(tensor => TensorNames.Canonical(tensor.Entry.Name));
    }

    /// <summary>The files.</summary>
    public IReadOnlyList<SafetensorsFile> Shards { get; }

    /// <summary>What they hold, by canonical name.</summary>
    internal ILookup<string, (TensorEntry Entry, SafetensorsFile Shard)> Tensors { get; }

    /// <summary>Finds and checks the files of a folder. One file goes before shards where both are there, as in Hugging Face's loader.</summary>
    /// <exception cref="UserErrorException">There are none, or one is missing or broken.</exception>
    public static CheckpointFiles Open(string directory)
    {
        var (single, index) = (Path.Combine(directory, Single), Path.Combine(directory, Index));
        if (File.Exists(single) || !File.Exists(index))
        {
            return File.Exists(single) ? new(directory, [SafetensorsFile.Open(single)]) : throw new UserErrorException(Absent(directory));
        }

        var names = Listed(index);
        var absent = names.Where(name => !File.Exists(Path.Combine(directory, name))).ToList();
        return absent.Count == 0
            ? new(directory, [.. names.Select(name => SafetensorsFile.Open(Path.Combine(directory, name)))])
            : throw new UserErrorException($"{index} lists {string.Join(", ", absent)}, which {(absent.Count == 1 ? "is" : "are")} not there");
    }

    /// <summary>Compares names and shapes with what a configuration asks for.</summary>
    /// <exception cref="UserErrorException">All differences, by name.</exception>
    public void Check(ModelConfig config)
    {
        var specs = ModelLayout.Of(config);
        var known = specs.Select(spec => spec.Name).ToHashSet();
        var missing = specs.Where(spec => !Tensors.Contains(spec.Name)).Select(spec => spec.Name + " is missing");
        var shapes = specs.SelectMany(spec => Tensors[spec.Name].Where(tensor => !tensor.Entry.Shape.SequenceEqual(spec.Shape)).Select(tensor =>
            $"{tensor.Entry.Name} is [{string.Join(", ", tensor.Entry.Shape)}], config.json asks for [{string.Join(", ", spec.Shape)}]"));
        var surplus = Tensors.Where(group => !known.Contains(group.Key) && !(config.TieWordEmbeddings && config.Scores == 0 && group.Key == ModelLayout.Head))
            .Select(group => group.First().Entry.Name + " is not part of this model");
        var twice = Tensors.Where(group => group.Skip(1).Any()).Select(group => string.Join(" and ", group.Select(tensor => tensor.Entry.Name)) + " are the same weight");
        var problems = missing.Concat(shapes).Concat(surplus).Concat(twice).ToList();
        if (problems.Count > 0)
        {
            var more = problems.Count > NamesShown ? $"; and {problems.Count - NamesShown} more" : "";
            throw new UserErrorException($"{_directory}: the weights do not fit config.json: {string.Join("; ", problems.Take(NamesShown))}{more}");
        }
    }

    private static string Absent(string directory)
    {
        var pickled = Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.bin").Concat(Directory.EnumerateFiles(directory, "*.pth")).Select(Path.GetFileName).FirstOrDefault() : null;
        return $"{directory} has neither {Single} nor {Index}" + (pickled is null
            ? "; fetch the model's weights"
            : $", only pickled weights ({pickled}), which may hold code and are not read; save the model as safetensors");
    }

    private static List<string> Listed(string index)
    {
        try
        {
            var map = JObject.Parse(File.ReadAllText(index))["weight_map"] as JObject ?? throw new UserErrorException($"{index} has no weight_map");
            return [.. map.Properties().Select(property => Path.GetFileName((string)property.Value!)).Distinct().Order(StringComparer.Ordinal)];
        }
        catch (JsonException broken)
        {
            throw new UserErrorException($"{index} is not valid JSON: {broken.Message}", broken);
        }
    }
}
