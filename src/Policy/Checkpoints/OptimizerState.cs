using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Safetensors;
using static TorchSharp.torch;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// The optimiser beside a checkpoint: moments in <c>optimizer.safetensors</c>, or, where ranks hold a part each, in
/// <c>optimizer-00001-of-00004.safetensors</c> and so on, which any number of ranks reads; steps and settings in
/// <c>optimizer.json</c>.
/// </summary>
public static class OptimizerState
{
    private const string Whole = "optimizer.safetensors";
    private const string Settings = "optimizer.json";

    /// <summary>
    /// Writes what this rank holds, and the first rank steps and settings; training resumed from the files of all
    /// continues bit for bit on one CPU.
    /// </summary>
    public static void Save(AdamW optimizer, string directory)
    {
        using var scope = NewDisposeScope();
        var (part, parts) = optimizer.Cut;
        SafetensorsWriter.Write(
            Path.Combine(directory, parts == 1 ? Whole : Part(part, parts)),
            [.. optimizer.StateTensors().Select(slice => (slice.Name, slice.Values))]);
        if (part > 0)
        {
            return;
        }

        var json = new JObject
        {
            ["step"] = optimizer.StepCount,
            ["options"] = JObject.FromObject(optimizer.Options),
        };
        AtomicFile.Write(Path.Combine(directory, Settings), json.ToString(Formatting.Indented) + "\n");
    }

    /// <summary>
    /// Restores moments and step count, as far as this rank holds them. The settings of the running optimiser stay: to
    /// change them is the user's choice.
    /// </summary>
    /// <exception cref="UserErrorException">The files are missing or belong to another model.</exception>
    public static void Load(AdamW optimizer, string directory)
    {
        LoadMoments(optimizer, directory);
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

    private static void LoadMoments(AdamW optimizer, string directory)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        var stored = new StoredState(Files(directory));
        var wanted = optimizer.StateTensors().ToList();
        var unfit = wanted.Where(slice => !stored.Fits(slice)).Select(slice => slice.Name).ToList();
        if (unfit.Count > 0)
        {
            throw new UserErrorException(
                $"{Path.Combine(directory, Whole)} belongs to another model: missing or of another shape are "
                + string.Join(", ", unfit));
        }

        wanted.ForEach(stored.CopyTo);
    }

    // Of several the first says how many there are.
    private static IReadOnlyList<SafetensorsFile> Files(string directory)
    {
        var first = Directory.Exists(directory)
            ? Directory.EnumerateFiles(directory, "optimizer-00001-of-*.safetensors").FirstOrDefault()
            : null;
        if (first is null)
        {
            return [SafetensorsFile.Open(Path.Combine(directory, Whole))];
        }

        var parts = int.Parse(Path.GetFileNameWithoutExtension(first).Split('-')[^1], CultureInfo.InvariantCulture);
        return
        [
            .. Enumerable.Range(0, parts)
                .Select(part => SafetensorsFile.Open(Path.Combine(directory, Part(part, parts)))),
        ];
    }

    private static string Part(int part, int parts) => $"optimizer-{part + 1:d5}-of-{parts:d5}.safetensors";
}
