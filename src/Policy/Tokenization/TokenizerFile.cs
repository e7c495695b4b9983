using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization;

/// <summary>A token that is found in the text before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">Its text.</param>
/// <param name="Special">Whether it controls the model (left out of decoded text on request) or only saves room.</param>
internal sealed record AddedToken(int Id, string Content, bool Special);

/// <summary>
/// What tokenizer.json says, for byte-level BPE: the model's vocabulary and merges, the added tokens, the split pattern
/// and whether text is normalised to form C. Anything that would change ids and is not understood is an error.
/// </summary>
internal sealed record TokenizerFile
{
    public required Dictionary<string, int> Vocabulary { get; init; }

    public required List<string> Merges { get; init; }

    public required List<AddedToken> AddedTokens { get; init; }

    public required string Pattern { get; init; }

    public required bool Normalizes { get; init; }

    public static TokenizerFile Read(string path)
    {
        var root = ReadJson(path);
        try
        {
            return Parse(path, root);
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new UserErrorException($"Tokenizer: {path} is not laid out as a tokenizer.json ({error.Message}).", error);
        }
    }

    /// <summary>The object in a JSON file.</summary>
    public static JObject ReadJson(string path)
    {
        try
        {
            using var reader = new JsonTextReader(new StreamReader(path)) { DateParseHandling = DateParseHandling.None };
            return JObject.Load(reader);
        }
        catch (Exception error) when (error is IOException or JsonException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"Tokenizer: {path} cannot be read ({error.Message}).", error);
        }
    }

    private static TokenizerFile Parse(string path, JObject root)
    {
        var model = root["model"] as JObject ?? throw Unsupported(path, "has no model");
        if ((string?)model["type"] is { } type && type != "BPE")
        {
            throw Unsupported(path, $"holds a {type} model");
        }

        foreach (var name in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if ((string?)model[name] is { Length: > 0 } affix)
            {
                throw Unsupported(path, $"sets {name} to '{affix}'");
            }
        }

        return new TokenizerFile
        {
            Vocabulary = model["vocab"]?.ToObject<Dictionary<string, int>>() ?? throw Unsupported(path, "has no vocabulary"),
            Merges = [.. (model["merges"] ?? new JArray()).Select(Merge)],
            AddedTokens = [.. (root["added_tokens"] as JArray ?? []).Select(token => Added(path, token))],
            Pattern = PatternOf(path, root["pre_tokenizer"]),
            Normalizes = NormalizesOf(path, root["normalizer"]),
        };
    }

    // Newer files write a merge as a pair, older ones as two tokens around a space.
    private static string Merge(JToken merge) => merge is JArray pair ? $"{pair[0]} {pair[1]}" : (string)merge!;

    private static AddedToken Added(string path, JToken token)
    {
        var content = (string?)token["content"] ?? throw Unsupported(path, "has an added token without content");
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if ((bool?)token[flag] == true)
            {
                throw Unsupported(path, $"sets {flag} on the added token {content}");
            }
        }

        return new AddedToken((int?)token["id"] ?? throw Unsupported(path, $"gives the added token {content} no id"), content, (bool?)token["special"] == true);
    }

    private static string PatternOf(string path, JToken? preTokenizer)
    {
        var steps = (string?)preTokenizer?["type"] == "Sequence" ? preTokenizer["pretokenizers"]!.ToList() : [preTokenizer ?? JValue.CreateNull()];
        string? pattern = null;
        foreach (var step in steps)
        {
            switch (step.Type == JTokenType.Object ? (string?)step["type"] : null)
            {
                case "Split" when pattern is null && (string?)step["behavior"] == "Isolated" && (bool?)step["invert"] != true:
                    pattern = (string?)step["pattern"]?["Regex"] ?? throw Unsupported(path, "splits by a plain string");
                    break;
                case "ByteLevel" when (bool?)step["add_prefix_space"] != true:
                    pattern ??= (bool?)step["use_regex"] == false ? null : SplitPreTokenizer.Gpt2Pattern;
                    return pattern ?? throw Unsupported(path, "names no split pattern");
                default:
                    throw Unsupported(path, $"has the pre-tokenizer {step.ToString(Formatting.None)}");
            }
        }

        throw Unsupported(path, "is not at byte level");
    }

    private static bool NormalizesOf(string path, JToken? normalizer)
    {
        if (normalizer is null or { Type: JTokenType.Null })
        {
            return false;
        }

        return (string?)normalizer["type"] == "NFC" ? true : throw Unsupported(path, $"has the normalizer {normalizer.ToString(Formatting.None)}");
    }

    private static UserErrorException Unsupported(string path, string what) =>
        new($"Tokenizer: {path} {what}; only byte-level BPE with an NFC normalizer or none, as the Qwen and GPT-2 families have it, can be read.");
}
