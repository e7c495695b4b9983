using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Models.Configuration;

/// <summary>
/// The part of a full Qwen2.5-Omni model that reads and writes text. Its talker and the vocoder behind it, which speak,
/// are left out: neither their configuration nor their weights are read, and a saved model is a thinker alone.
/// </summary>
internal static class Thinker
{
    private const string Whole = "qwen2_5_omni";

    /// <summary>What the names of weights begin with that are left out.</summary>
    private static readonly string[] _leftOut = ["talker.", "token2wav."];

    /// <summary>The configuration of the thinker; of other models the whole file.</summary>
    internal static JObject Of(JObject file)
    {
        if (!IsPartOf(file) || file["thinker_config"] is not JObject part)
        {
            return file;
        }

        var thinker = (JObject)part.DeepClone();
        thinker["model_type"] = AudioFamily.Qwen25Omni.ModelType;
        thinker["architectures"] = new JArray(AudioFamily.Qwen25Omni.Architecture);
        return thinker;
    }

    /// <summary>Whether a file is that of a full model, of which only the thinker is read.</summary>
    internal static bool IsPartOf(JObject file) =>
        file["model_type"] is { Type: JTokenType.String } type && (string?)type == Whole;

    /// <summary>Whether a weight is none of the thinker's.</summary>
    internal static bool LeavesOut(string name) =>
        _leftOut.Any(part => name.StartsWith(part, StringComparison.Ordinal));
}
