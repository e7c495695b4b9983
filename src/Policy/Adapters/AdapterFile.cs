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

    /// <summary>Number of weights of an adapter folder.</summary>
    public static long Count(string directory) =>
        SafetensorsFile.Open(Path.Combine(directory, FileName)).Entries.Sum(entry => entry.Shape.Aggregate(1L, (product, size) => product * size));

    internal static void Read(ParameterTable parameters, string directory)
    {
        var path = Path.Combine(directory, FileName);
        var file = SafetensorsFile.Open(path);
        var stored = file.Entries.ToLookup(entry => Plain(entry.Name));
        var wanted = parameters.Specs.ToDictionary(spec => Plain(spec.Name));
        var missing = wanted.Where(one => !stored.Contains(one.Key)).Select(one => one.Value.Name + " is missing");
        var shapes = wanted.SelectMany(one => stored[one.Key].Where(entry => !entry.Shape.SequenceEqual(one.Value.Shape)).Select(entry =>
            $"{entry.Name} is [{string.Join(", ", entry.Shape)}], the model and {LoraConfig.FileName} ask for [{string.Join(", ", one.Value.Shape)}]"));
        var surplus = stored.Where(group => !wanted.ContainsKey(group.Key)).Select(group => group.First().Name + " belongs to no adapted layer");
        var problems = missing.Concat(shapes).Concat(surplus).ToList();
        if (problems.Count > 0)
        {
            throw new UserErrorException($"{path} does not fit: {string.Join("; ", problems)}");
        }

        foreach (var (name, spec) in wanted)
        {
            file.CopyTo(stored[name].First().Name, parameters[spec.Name]);
        }
    }

    internal static void Write(ParameterTable parameters, string directory)
    {
        Directory.CreateDirectory(directory);
        SafetensorsFile.Write(Path.Combine(directory, FileName), [.. parameters.Specs.Select(spec => (spec.Name, (Tensor)parameters[spec.Name]))]);
    }

    /// <summary>One spelling for all versions: module names as the model has them, biases with or without <c>base_layer</c>.</summary>
    private static string Plain(string name)
    {
        var inner = name.StartsWith(LoraLayout.Prefix, StringComparison.Ordinal) ? name[LoraLayout.Prefix.Length..] : name;
        return TensorNames.Canonical(inner).Replace(".base_layer.bias", ".bias", StringComparison.Ordinal);
    }
}
