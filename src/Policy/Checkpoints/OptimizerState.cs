using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// The optimiser beside a checkpoint: moments in <c>optimizer.safetensors</c>, steps and settings in
/// <c>optimizer.json</c>.
/// </summary>
public static class OptimizerState
{
    private const string Tensors = "optimizer.safetensors";
    private const string Settings = "optimizer.json";

    /// <summary>Writes both files; training resumed from them continues bit for bit on one CPU.</summary>
    public static void Save(AdamW optimizer, string directory)
    {
        using var scope = NewDisposeScope();
        SafetensorsWriter.Write(Path.Combine(directory, Tensors), [.. optimizer.StateTensors()]);
        var json = new JObject
        {
            ["step"] = optimizer.StepCount,
            ["options"] = JObject.FromObject(optimizer.Options),
        };
        AtomicFile.Write(Path.Combine(directory, Settings), json.ToString(Formatting.Indented) + "\n");
    }

    /// <summary>
    /// Restores moments and step count. The settings of the running optimiser stay: to change them is the user's
    /// choice.
    /// </summary>
    /// <exception cref="UserErrorException">The files are missing or belong to another model.</exception>
    public static void Load(AdamW optimizer, string directory)
    {
        LoadMoments(optimizer, Path.Combine(directory, Tensors));
        var settings = Path.Combine(directory, Settings);
        try
        {
            var step = JObject.Parse(File.ReadAllText(settings))["step"] ?? throw new JsonException("step is missing");
            optimizer.RestoreStepCount((long)step);
        }
        catch (Exception broken) when (broken is JsonException or IOException)
        {
            throw new UserErrorException($"{settings} cannot be read: {broken.Message}", broken);
        }
    }

    private static void LoadMoments(AdamW optimizer, string path)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var file = SafetensorsFile.Open(path);
        var stored = file.Entries.ToDictionary(entry => entry.Name);
        var wanted = optimizer.StateTensors().ToList();
        var unfit = wanted.Where(tensor => !Fits(tensor.Name, tensor.Values)).Select(tensor => tensor.Name).ToList();
        if (unfit.Count > 0)
        {
            throw new UserErrorException(
                $"{path} belongs to another model: missing or of another shape are {string.Join(", ", unfit)}");
        }

        foreach (var (name, values) in wanted)
        {
            values.copy_(file.Read(name));
        }

        bool Fits(string name, Tensor values) =>
            stored.TryGetValue(name, out var entry) && entry.Shape.SequenceEqual(values.shape);
    }
}
