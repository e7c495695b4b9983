using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
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

        if ((bool?)model["byte_fallback"] == true)
        {
            throw TokenizerJson.Unsupported(path, "sets byte_fallback");
        }

        if ((double?)model["dropout"] is { } dropout and not 0)
        {
            throw TokenizerJson.Unsupported(path, $"drops merges at random (dropout {dropout})");
        }

        var added = root["added_tokens"] as JArray ?? [];
        return new TokenizerFile
        {
            Vocabulary = model["vocab"]?.ToObject<Dictionary<string, int>>()
                ?? throw TokenizerJson.Unsupported(path, "has no vocabulary"),
            Merges = [.. (model["merges"] ?? new JArray()).Select(Merge)],
            AddedTokens = [.. added.Select(token => TokenizerJson.ReadAddedToken(path, token, (int?)token["id"]))],
            Pattern = PatternOf(path, root["pre_tokenizer"]),
            Normalizes = NormalizesOf(path, root["normalizer"]),
            IgnoresMerges = (bool?)model["ignore_merges"] ?? false,
        };
    }

    // Newer files write a merge as a pair, older ones as two tokens around a space.
    private static string Merge(JToken merge) => merge is JArray pair ? $"{pair[0]} {pair[1]}" : (string)merge!;

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
                    pattern = (string?)step["pattern"]?["Regex"]
                        ?? throw TokenizerJson.Unsupported(path, "splits by a plain string");
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
