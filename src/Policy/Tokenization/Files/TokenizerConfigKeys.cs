using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>
/// Refuses settings of a tokenizer_config.json that would give a text other ids. What is not named here changes none:
/// tokens at the start or the end of a text come from the chat template, lengths are the caller's, and spaces before
/// punctuation stay in decoded text (<c>clean_up_tokenization_spaces</c>), since a reply is learned as it was sampled.
/// </summary>
internal static class TokenizerConfigKeys
{
    private static readonly string[] _off =
        ["add_prefix_space", "split_special_tokens", "do_lower_case", "fix_mistral_regex"];

    private static readonly string[] _sides = ["padding_side", "truncation_side"];

    /// <summary>Checks the settings, among them the sides, which are left or right.</summary>
    /// <exception cref="UserErrorException">One of them is set otherwise than it is computed.</exception>
    public static void Check(JObject config, string path)
    {
        foreach (var key in _off.Where(key => config[key] is { Type: not JTokenType.Null } value && !IsFalse(value)))
        {
            throw Refused(key, "false is computed");
        }

        foreach (var key in _sides.Where(key => config[key] is { Type: not JTokenType.Null } value && !IsSide(value)))
        {
            throw Refused(key, "it must be left or right");
        }

        if (config["errors"] is { Type: not JTokenType.Null } errors && !Is(errors, "replace"))
        {
            throw Refused("errors", "replace is computed");
        }

        UserErrorException Refused(string key, string computed) => new(
            $"Tokenizer: {path}: {key} is {config[key]!.ToString(Formatting.None)}; {computed}.");
    }

    private static bool IsFalse(JToken value) => value.Type == JTokenType.Boolean && !(bool)value;

    private static bool IsSide(JToken value) => Is(value, "left") || Is(value, "right");

    private static bool Is(JToken value, string text) => value.Type == JTokenType.String && (string?)value == text;
}
