using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Models.Configuration;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>Reads tokenizer.json as the Tokenizers library of Hugging Face writes it.</summary>
internal static class TokenizerFileParser
{
    /// <summary>Reads the root object of the file.</summary>
    /// <exception cref="UserErrorException">It describes another kind of tokenizer.</exception>
    public static TokenizerFile Parse(string path, JObject root)
    {
        var model = root["model"] as JObject ?? throw TokenizerJson.Unsupported(path, "has no model");
        if ((string?)model["type"] is { } type && type != "BPE")
        {
            throw TokenizerJson.Unsupported(path, $"holds a {type} model");
        }

        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if ((string?)model[name] is { Length: > 0 } affix)
            {
                throw TokenizerJson.Unsupported(path, $"sets {name} to '{affix}'");
            }
        }

        var problems = new List<string>();
        var settings = new ConfigSection(model, problems, "model.");
        var ignoresMerges = settings.Flag("ignore_merges") ?? false;
        if (settings.Flag("byte_fallback") == true)
        {
            throw TokenizerJson.Unsupported(path, "sets byte_fallback");
        }

        if (settings.Number("dropout") is { } dropout and not 0)
        {
            throw TokenizerJson.Unsupported(path, $"drops merges at random (dropout {dropout})");
        }

        if (root["decoder"] is { Type: not JTokenType.Null } decoder && !IsByteLevel(decoder))
        {
            throw TokenizerJson.Unsupported(path, $"has the decoder {ForeignValue.Shown(decoder)}");
        }

        if (root["added_tokens"] is { Type: not (JTokenType.Null or JTokenType.Array) })
        {
            problems.Add("added_tokens must be a list");
        }

        if (problems.Count > 0)
        {
            throw new UserErrorException($"Tokenizer: {path}: {string.Join("; ", problems)}.");
        }

        var added = root["added_tokens"] as JArray ?? [];
        return new TokenizerFile
        {
            Vocabulary = model["vocab"]?.ToObject<Dictionary<string, int>>()
                ?? throw TokenizerJson.Unsupported(path, "has no vocabulary"),
            Merges =
            [
                .. (model["merges"] as JArray ?? throw TokenizerJson.Unsupported(path, "has no list of merges"))
                    .Select(merge => Merge(path, merge)),
            ],
            AddedTokens = [.. added.Select(token => TokenizerJson.ReadAddedToken(path, token, Id(token)))],
            Pattern = PatternOf(path, root["pre_tokenizer"]),
            Normalizes = NormalizesOf(path, root["normalizer"]),
            IgnoresMerges = ignoresMerges,
        };
    }

    private static int? Id(JToken token) =>
        token["id"] is JValue { Value: long and >= int.MinValue and <= int.MaxValue and var id } ? (int)id : null;

    private static bool IsByteLevel(JToken step) =>
        step is JObject && step["type"] is JValue { Value: "ByteLevel" };

    // Newer files write a merge as a pair, older ones as two tokens around a space.
    private static string Merge(string path, JToken merge) => merge switch
    {
        JArray { Count: 2 } pair when pair.All(IsText) => $"{pair[0]} {pair[1]}",
        JValue { Value: string text } => text,
        _ => throw TokenizerJson.Unsupported(path, $"has the merge {ForeignValue.Shown(merge)}"),
    };

    private static bool IsText(JToken token) => token.Type == JTokenType.String;

    private static string PatternOf(string path, JToken? preTokenizer)
    {
        var steps = (string?)preTokenizer?["type"] == "Sequence"
            ? preTokenizer["pretokenizers"]!.ToList()
            : [preTokenizer ?? JValue.CreateNull()];
        string? pattern = null;
        foreach (var step in steps)
        {
            switch (step.Type == JTokenType.Object ? (string?)step["type"] : null)
            {
                case "Split" when pattern is null && CutsAtMatches(step):
                    pattern = (string?)step["pattern"]?["Regex"] is { Length: > 0 } regex
                        ? regex
                        : throw TokenizerJson.Unsupported(path, "splits by no regular expression");
                    break;
                case "ByteLevel" when (bool?)step["add_prefix_space"] != true:
                    pattern ??= (bool?)step["use_regex"] == false ? null : SplitPreTokenizer.Gpt2Pattern;
                    return pattern ?? throw TokenizerJson.Unsupported(path, "names no split pattern");
                default:
                    throw TokenizerJson.Unsupported(
                        path,
                        $"has the pre-tokenizer {step.ToString(Formatting.None)}");
            }
        }

        throw TokenizerJson.Unsupported(path, "is not at byte level");
    }

    private static bool CutsAtMatches(JToken step) =>
        (string?)step["behavior"] == "Isolated" && (bool?)step["invert"] != true;

    private static bool NormalizesOf(string path, JToken? normalizer)
    {
        if (normalizer is null or { Type: JTokenType.Null })
        {
            return false;
        }

        return (string?)normalizer["type"] == "NFC"
            ? true
            : throw TokenizerJson.Unsupported(path, $"has the normalizer {normalizer.ToString(Formatting.None)}");
    }
}
