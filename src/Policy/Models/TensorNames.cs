using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models;

/// <summary>
/// The one map between spellings of weight names. Checkpoints of vision models on the Hub say <c>visual.*</c> and
/// <c>model.*</c>, the model inside transformers from 4.52 on says <c>model.visual.*</c> and
/// <c>model.language_model.*</c> (adapters and raw state dicts have these), Qwen2-Audio puts <c>language_model.</c>
/// before its decoder, Omni models <c>thinker.</c> before all.
/// </summary>
internal static class TensorNames
{
    private static readonly (string Spelling, string Ours)[] Prefixes =
    [
        ("model.language_model.", "model."),
        ("model.visual.", "visual."),
        ("model.audio_tower.", "audio_tower."),
        ("model.multi_modal_projector.", "multi_modal_projector."),
        ("language_model.model.", "model."),
        ("language_model.lm_head.", "lm_head."),
    ];

    private static readonly string[] _towers = ["visual.", "audio_tower.", "multi_modal_projector."];

    /// <summary>
    /// The name that this program's models have for a weight or module, whatever spelling it came in.
    /// </summary>
    /// <example><c>thinker.model.language_model.norm.weight</c> is <c>model.norm.weight</c>.</example>
    public static string Canonical(string name)
    {
        var rest = WithoutThinker(name);
        foreach (var (spelling, ours) in Prefixes)
        {
            if (rest.StartsWith(spelling, StringComparison.Ordinal))
            {
                return ours + rest[spelling.Length..];
            }
        }

        return rest;
    }

    /// <summary>The name of a weight of a full Omni model in one of its thinker alone, as which it is saved.</summary>
    internal static string WithoutThinker(string name)
    {
        const string omni = "thinker.";
        return name.StartsWith(omni, StringComparison.Ordinal) ? name[omni.Length..] : name;
    }

    /// <summary>
    /// The name that a weight or module has inside transformers' model, and so in adapters. Only models that see or
    /// hear have other names there.
    /// </summary>
    public static string InReference(string canonical, ModelConfig config)
    {
        if (config.Media is null || config.Audio?.Family.IsFlat == true)
        {
            return canonical;
        }

        if (_towers.Any(tower => canonical.StartsWith(tower, StringComparison.Ordinal)))
        {
            return "model." + canonical;
        }

        return canonical.StartsWith("model.", StringComparison.Ordinal)
            ? "model.language_model." + canonical["model.".Length..]
            : canonical;
    }

    /// <summary>The name that a weight of a fresh model is saved under.</summary>
    public static string InFile(string canonical, ModelConfig config)
    {
        if (config.Vision?.Family.IsWhole == true)
        {
            return InReference(canonical, config);
        }

        var isDecoder = !_towers.Any(tower => canonical.StartsWith(tower, StringComparison.Ordinal));
        return config.Audio is { Family.IsFlat: false } && isDecoder ? "language_model." + canonical : canonical;
    }

    /// <summary>
    /// Whether a tensor is a table of rotary frequencies, which old checkpoints hold and every program computes.
    /// </summary>
    internal static bool IsComputed(string name) => name.EndsWith(".rotary_emb.inv_freq", StringComparison.Ordinal);
}
