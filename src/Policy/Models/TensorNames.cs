using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models;

/// <summary>
/// The one map between spellings of weight names. Checkpoints of vision models on the Hub say <c>visual.*</c> and
/// <c>model.*</c>, the model inside transformers from 4.52 on says <c>model.visual.*</c> and
/// <c>model.language_model.*</c> (adapters and raw state dicts have these), Omni models put <c>thinker.</c> before all.
/// </summary>
internal static class TensorNames
{
    private static readonly (string Spelling, string Ours)[] Prefixes =
    [
        ("model.language_model.", "model."),
        ("model.visual.", "visual."),
        ("language_model.model.", "model."),
        ("language_model.lm_head.", "lm_head."),
    ];

    /// <summary>
    /// The name that this program's models have for a weight or module, whatever spelling it came in.
    /// </summary>
    /// <example><c>thinker.model.language_model.norm.weight</c> is <c>model.norm.weight</c>.</example>
    public static string Canonical(string name)
    {
        const string omni = "thinker.";
        var rest = name.StartsWith(omni, StringComparison.Ordinal) ? name[omni.Length..] : name;
        foreach (var (spelling, ours) in Prefixes)
        {
            if (rest.StartsWith(spelling, StringComparison.Ordinal))
            {
                return ours + rest[spelling.Length..];
            }
        }

        return rest;
    }

    /// <summary>
    /// The name that a weight or module has inside transformers' model, and so in adapters. Only models that see have
    /// other names there.
    /// </summary>
    public static string InReference(string canonical, ModelConfig config)
    {
        if (config.Vision is null)
        {
            return canonical;
        }

        if (canonical.StartsWith("visual.", StringComparison.Ordinal))
        {
            return "model." + canonical;
        }

        return canonical.StartsWith("model.", StringComparison.Ordinal)
            ? "model.language_model." + canonical["model.".Length..]
            : canonical;
    }

    /// <summary>The name that a weight of a fresh model is saved under.</summary>
    public static string InFile(string canonical, ModelConfig config) =>
        config.Vision?.Family.IsWhole == true ? InReference(canonical, config) : canonical;

    /// <summary>
    /// Whether a tensor is a table of rotary frequencies, which old checkpoints hold and every program computes.
    /// </summary>
    internal static bool IsComputed(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);
}
