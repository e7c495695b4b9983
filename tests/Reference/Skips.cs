using Newtonsoft.Json.Linq;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Reference.Tests.Vision;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests;

/// <summary>
/// What this program does not compute yet, and why: each case of it shows up as a skipped test under its name.
/// </summary>
internal static class Skips
{
    private static readonly (string Section, string Pattern, string Reason)[] ByName =
    [
        (
            "rl-and-rewards",
            "flow_samplers",
            "prompts are sampled by the run's own order, in which the samples of a prompt stay together"),
        (
            "rl-and-rewards",
            "flow_group_ids",
            "samples are grouped by the place of their prompt in the batch, which cannot collide as hashes of texts "
            + "can"),
    ];

    /// <summary>The reason to skip a case, or null to run it.</summary>
    internal static string? Reason(string section, string name)
    {
        foreach (var (where, pattern, reason) in ByName)
        {
            if (where == section && ReferenceCases.Matches(name, [pattern]))
            {
                return reason;
            }
        }

        return section switch
        {
            _ when NeedsData(section, name) && Fixtures.DataSkipReason is { } absent => absent,
            "language-models" => Checkpoint(Fixtures.Path(section, name + ".json")),
            "vision-audio" => VisionModels.SkipReason(name),
            _ => null,
        };
    }

    /// <summary>
    /// The reason to skip a text model whose config.json names this type, or null if the program computes it.
    /// </summary>
    internal static string? UnknownModel(string? type) =>
        ModelFamily.All.Any(family => family.ModelType == type) ? null : $"models of type {type} are not computed";

    private static bool NeedsData(string section, string name) =>
        (section, name) is ("rl-and-rewards", "eval_vl_rewardbench" or "eval_mm_rlhf_rewardbench")
        || (
            (section, name) is ("tokenizer", "encode_long") && RowFile.Read(section, name).Any(
                row => row.ContainsKey("file")));

    private static string? Checkpoint(string path)
    {
        if ((string?)JObject.Parse(File.ReadAllText(path))["model"] is not { } model)
        {
            return null;
        }

        var config = Path.Combine(Fixtures.Path(model), "config.json");
        return File.Exists(config)
            ? UnknownModel((string?)JObject.Parse(File.ReadAllText(config))["model_type"])
            : $"the checkpoint {model} is not in this fixtures folder";
    }
}
