using Newtonsoft.Json.Linq;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Vision;

/// <summary>The checkpoints behind vision and audio cases.</summary>
internal static class VisionModels
{
    private static readonly string[] Computed = ["qwen2_vl", "qwen2_5_vl"];

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
            : (string?)JObject.Parse(File.ReadAllText(config))["model_type"] is { } type && !Computed.Contains(type) ? $"models of type {type} are not computed yet"
            : null;
    }

    /// <summary>The checkpoint that holds exactly these tensors.</summary>
    internal static string? FolderWith(JObject names) => Directory.Exists(Fixtures.Path("models"))
        ? Directory.EnumerateDirectories(Fixtures.Path("models")).Order(StringComparer.Ordinal).FirstOrDefault(folder =>
            Directory.EnumerateFiles(folder, "*.safetensors").SelectMany(file => TensorFile.Open(file).Names).ToHashSet()
                .SetEquals(names.Properties().Select(property => property.Name)))
        : null;
}
