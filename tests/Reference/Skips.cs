using Newtonsoft.Json.Linq;
using R1Reward.Reference.Tests.Vision;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests;

/// <summary>What this program does not compute yet, and why: each case of it shows up as a skipped test under its name.</summary>
internal static class Skips
{
    private static readonly (string Section, string Pattern, string Reason)[] ByName =
    [
        ("rl-and-rewards", "lightrft_data_*", "the data handlers of LightRFT's sets are not part of the library yet"),
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

        return section is "vision-audio" ? VisionModels.SkipReason(name) : MissingCheckpoint(section, name);
    }

    private static string? MissingCheckpoint(string section, string name)
    {
        var path = Fixtures.Path(section, name + ".json");
        return section is "language-models" && File.Exists(path) && (string?)JObject.Parse(File.ReadAllText(path))["model"] is { } model
            && !Directory.Exists(Fixtures.Path(model))
            ? $"the checkpoint {model} is not in this fixtures folder"
            : null;
    }
}
