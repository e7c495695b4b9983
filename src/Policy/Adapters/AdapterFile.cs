using R1Reward.Data;
using R1Reward.Policy.Models;
using R1Reward.Policy.Parameters;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Adapters;

/// <summary>The weights of an adapter in <c>adapter_model.safetensors</c>, under PEFT's names.</summary>
public static class AdapterFile
{
    private const string FileName = "adapter_model.safetensors";

    /// <summary>Differences that one message holds: more of them would not help the reader.</summary>
    private const int MaxNames = 60;

    /// <summary>Number of weights in an adapter folder.</summary>
    /// <exception cref="UserErrorException">The file is missing or broken.</exception>
    public static long Count(string directory) => SafetensorsFile.Open(Path.Combine(directory, FileName)).Entries
        .Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size));

    /// <summary>Opens a folder's weights and compares them with those that an adapter asks for.</summary>
    /// <exception cref="UserErrorException">
    /// Weights are missing, surplus, twice there or of another shape: all of them by name, in one message.
    /// </exception>
    internal static SafetensorsFile OpenChecked(IReadOnlyList<ParameterSpec> specs, string directory)
    {
        var path = Path.Combine(directory, FileName);
        var file = SafetensorsFile.Open(path);
        var problems = Problems(ByName(file), specs.ToDictionary(spec => Canonical(spec.Name))).ToList();
        var more = problems.Count > MaxNames ? $"; and {problems.Count - MaxNames} more" : "";
        return problems.Count == 0
            ? file
            : throw new UserErrorException($"{path} does not fit: {string.Join("; ", problems.Take(MaxNames))}{more}");
    }

    /// <summary>Reads weights that were checked into those that are there already.</summary>
    internal static void Read(ParameterTable parameters, SafetensorsFile file)
    {
        var stored = ByName(file);
        foreach (var spec in parameters.Specs)
        {
            file.CopyTo(stored[Canonical(spec.Name)].First().Name, parameters[spec.Name]);
        }
    }

    /// <summary>Writes the file of a folder, which is made if missing.</summary>
    internal static void Write(ParameterTable parameters, string directory)
    {
        Directory.CreateDirectory(directory);
        SafetensorsWriter.Write(
            Path.Combine(directory, FileName),
            [.. parameters.Specs.Select(spec => (spec.Name, (Tensor)parameters[spec.Name]))]);
    }

    private static ILookup<string, TensorEntry> ByName(SafetensorsFile file) =>
        file.Entries.ToLookup(entry => Canonical(entry.Name));

    private static IEnumerable<string> Problems(
        ILookup<string, TensorEntry> stored,
        Dictionary<string, ParameterSpec> wanted)
    {
        foreach (var (name, spec) in wanted.Where(entry => !stored.Contains(entry.Key)))
        {
            yield return spec.Name + " is missing";
        }

        foreach (var (name, spec) in wanted)
        {
            foreach (var entry in stored[name].Where(entry => !entry.Shape.SequenceEqual(spec.Shape)))
            {
                var found = string.Join(", ", entry.Shape);
                var expected = string.Join(", ", spec.Shape);
                yield return $"{entry.Name} is [{found}], the model and {LoraConfig.FileName} ask for [{expected}]";
            }
        }

        foreach (var whole in stored.SelectMany(group => group).Where(entry => !TensorFormat.IsFloating(entry.Dtype)))
        {
            yield return $"{whole.Name} holds {TensorFormat.Get(whole.Dtype).Name}, no weights";
        }

        foreach (var twice in stored.Where(group => group.Skip(1).Any()))
        {
            yield return string.Join(" and ", twice.Select(entry => entry.Name)) + " are the same weight";
        }

        foreach (var surplus in stored.Where(group => !wanted.ContainsKey(group.Key)))
        {
            yield return surplus.First().Name + " belongs to no adapted layer";
        }
    }

    /// <summary>
    /// One spelling for all versions of PEFT: module names as the model has them, biases without <c>base_layer</c>.
    /// </summary>
    private static string Canonical(string name)
    {
        const string prefix = LoraLayout.Prefix;
        var inner = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : name;
        return TensorNames.Canonical(inner).Replace(".base_layer.bias", ".bias", StringComparison.Ordinal);
    }
}
