using Newtonsoft.Json.Linq;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>The checkpoints behind vision and audio cases.</summary>
internal static class VisionModels
{
    /// <summary>Why a case cannot run with this program's models; null when it can.</summary>
    internal static string? SkipReason(string name)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("vision-audio", name + ".json")));
        var folder = (string?)(json["model"] ?? json["processor_of"]) is { } named ? Fixtures.Path(named.Split('/'))
            : json["names"] is JObject names ? FolderWith(names)
            : null;
        if (folder is null)
        {
            return json["names"] is null ? null : "no checkpoint of this fixtures folder has these tensors";
        }

        var config = Path.Combine(folder, "config.json");
        return !File.Exists(config) ? $"the checkpoint {folder} is not in this fixtures folder"
            : (string?)JObject.Parse(File.ReadAllText(config))["model_type"] is { } type
            && VisionFamily.All.All(family => family.ModelType != type)
            && AudioFamily.All.All(family => family.ModelType != type)
                ? $"models of type {type} are not computed yet"
            : null;
    }

    /// <summary>The checkpoint that holds exactly these tensors, in these shapes.</summary>
    internal static string? FolderWith(JObject names) =>
        Directory.Exists(Fixtures.Path("models"))
            ? Directory
                .EnumerateDirectories(Fixtures.Path("models"))
                .Order(StringComparer.Ordinal)
                .FirstOrDefault(folder =>
                    Directory
                        .EnumerateFiles(folder, "*.safetensors")
                        .Select(TensorFile.Open)
                        .SelectMany(file => file.Names.Select(name => Signature(name, file.Shape(name))))
                        .ToHashSet()
                        .SetEquals(
                            names
                                .Properties()
                                .Select(property =>
                                    Signature(property.Name, property.Value["shape"]!.ToObject<int[]>()!))))
            : null;

    private static string Signature(string name, int[] shape) => $"{name} [{string.Join(", ", shape)}]";
}
