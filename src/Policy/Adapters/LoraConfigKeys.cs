using Newtonsoft.Json.Linq;
using static R1Reward.Policy.Models.Configuration.ForeignValue;

namespace R1Reward.Policy.Adapters;

/// <summary>
/// Judges every key of an <c>adapter_config.json</c>: it is followed, known to change no number, or refused by name. A
/// key without a known meaning is refused too, unless it is off (null, false, empty): PEFT adds variants of LoRA as
/// keys.
/// </summary>
internal static class LoraConfigKeys
{
    /// <summary>The key that says how PEFT started the adapter.</summary>
    private const string Start = "init_lora_weights";

    /// <summary>Keys that <see cref="LoraConfigFile"/> follows.</summary>
    private static readonly HashSet<string> _followed =
    [
        "peft_type",
        "base_model_name_or_path",
        "r",
        "lora_alpha",
        "use_rslora",
        "lora_dropout",
        "target_modules",
        "exclude_modules",
        "rank_pattern",
        "alpha_pattern",
        "modules_to_save",
        "bias",
    ];

    /// <summary>
    /// Keys that change nothing once an adapter is saved: its origin, where its first numbers came from (which
    /// <see cref="Start"/> judges), companions of keys that are refused themselves, and the
    /// learning rates that ms-swift keeps there.
    /// </summary>
    private static readonly HashSet<string> _harmless =
    [
        "task_type",
        "auto_mapping",
        "inference_mode",
        "peft_version",
        "revision",
        "runtime_config",
        "megatron_core",
        "qalora_group_size",
        "layers_pattern",
        "loftq_config",
        "corda_config",
        "eva_config",
        "lora_ga_config",
        "lora_dtype",
        "lorap_emb_lr",
        "lorap_lr_ratio",
    ];

    /// <summary>
    /// Ways to start that leave the model's own weights as they are. The others (pissa, olora, corda, loftq, lora_ga)
    /// take from the weights what the adapter begins with, so that the adapter belongs on other weights than the
    /// model's.
    /// </summary>
    private static readonly HashSet<string> _startsBesideTheWeights = ["gaussian", "eva", "orthogonal"];

    /// <summary>What is refused, one clause for each key.</summary>
    internal static IEnumerable<string> Refusals(JObject json)
    {
        if (IsOn(json[Start]) && json[Start] is not { Type: JTokenType.Boolean } && !LeavesWeights(json[Start]!))
        {
            yield return $"{Start} {Shown(json[Start]!)} is not computed: it changes the model's own weights before "
                + "the adapter is trained, so on the published weights the adapter gives wrong numbers; convert it to "
                + "plain LoRA with PEFT (save_pretrained, path_initial_model_for_weight_conversion), or merge it there";
        }

        var unknown = json.Properties()
            .Where(property => property.Name != Start)
            .Where(property => !_followed.Contains(property.Name) && !_harmless.Contains(property.Name))
            .Where(property => IsOn(property.Value))
            .Select(property => $"{property.Name} {Shown(property.Value)}")
            .ToList();
        if (unknown.Count > 0)
        {
            var are = unknown.Count == 1 ? "is" : "are";
            yield return $"{string.Join(", ", unknown)} {are} not computed and may change the numbers; "
                + "merge the adapter with PEFT and name the merged model, or train it without";
        }
    }

    private static bool LeavesWeights(JToken start) =>
        start.Type == JTokenType.String && _startsBesideTheWeights.Contains(((string)start!).ToLowerInvariant());
}
