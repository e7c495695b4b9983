using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Policy.Tokenization.Bpe;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>
/// What a checkpoint folder says of its byte-level BPE: vocabulary and merges, added tokens, the split pattern and whether
/// text is normalised to form C. Anything that would change ids and is not understood is an error.
/// </summary>
internal sealed record TokenizerFile
{
    /// <summary>Ids by token, bytes written as letters.</summary>
    public required Dictionary<string, int> Vocabulary { get; init; }

    /// <summary>Pairs of tokens with a space between them, best first.</summary>
    public required List<string> Merges { get; init; }

    /// <summary>Tokens that are found in text before all else.</summary>
    public required List<AddedToken> AddedTokens { get; init; }

    /// <summary>The regular expression that cuts text into pieces.</summary>
    public required string Pattern { get; init; }

    /// <summary>Whether text is normalised to form C.</summary>
    public required bool Normalizes { get; init; }

    /// <summary>Whether a folder has the files of a tokenizer.</summary>
    public static bool Exists(string folder) => File.Exists(Path.Combine(folder, "tokenizer.json")) || VocabularyFiles.Exists(folder);

    /// <summary>Reads tokenizer.json, or vocab.json and merges.txt where there is none, with the added tokens of the configuration.</summary>
    /// <exception cref="UserErrorException">A file is missing or broken, or describes another kind of tokenizer.</exception>
    public static TokenizerFile Load(string folder, TokenizerConfig config)
    {
        var path = Path.Combine(folder, "tokenizer.json");
        var isOlder = !File.Exists(path) && VocabularyFiles.Exists(folder);
        path = isOlder ? Path.Combine(folder, VocabularyFiles.VocabularyName) : path;
        var root = ReadJson(path);
        try
        {
            var file = isOlder ? VocabularyFiles.Parse(folder, root, config) : Parse(path, root);
            return file with { AddedTokens = [.. WithConfigured(path, file, config)] };
        }
        catch (Exception error) when (error is JsonException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new UserErrorException($"Tokenizer: {path} is not laid out as a {Path.GetFileName(path)} ({error.Message}).", error);
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

    /// <summary>An added token as JSON describes it.</summary>
    /// <exception cref="UserErrorException">It is found by rules that are not understood.</exception>
    public static AddedToken Added(string path, JToken token, int? id)
    {
        var content = (string?)token["content"] ?? throw Unsupported(path, "has an added token without content");
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip"])
        {
            if ((bool?)token[flag] == true)
            {
                throw Unsupported(path, $"sets {flag} on the added token {content}");
            }
        }

        return new AddedToken(id ?? throw Unsupported(path, $"gives the added token {content} no id"), content, (bool?)token["special"] == true);
    }

    /// <summary>The error that a file describes another kind of tokenizer.</summary>
    public static UserErrorException Unsupported(string path, string what) =>
        new($"Tokenizer: {path} {what}; only byte-level BPE with an NFC normalizer or none, as the Qwen and GPT-2 families have it, can be read.");

    // What the configuration adds, and which tokens it calls special; a special token may also be one of the vocabulary.
    private static IEnumerable<AddedToken> WithConfigured(string path, TokenizerFile file, TokenizerConfig config)
    {
        var added = file.AddedTokens.Concat(config.AddedTokens()).DistinctBy(token => token.Content).ToDictionary(token => token.Content);
        foreach (var content in config.SpecialContents.Where(IsKnownOrListed))
        {
            added[content] = added.TryGetValue(content, out var token) ? token with { Special = true }
                : file.Vocabulary.TryGetValue(content, out var id) ? new AddedToken(id, content, Special: true)
                : throw Unsupported(path, $"has no token {content}, which its configuration calls special");
        }

        return added.Values;

        // A role may name a token that is not there, as long as nobody asks for it.
        bool IsKnownOrListed(string content) => added.ContainsKey(content) || file.Vocabulary.ContainsKey(content) || !config.SpecialTokens.Values.Contains(content);
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
            AddedTokens = [.. (root["added_tokens"] as JArray ?? []).Select(token => Added(path, token, (int?)token["id"]))],
            Pattern = PatternOf(path, root["pre_tokenizer"]),
            Normalizes = NormalizesOf(path, root["normalizer"]),
        };
    }

    // Newer files write a merge as a pair, older ones as two tokens around a space.
    private static string Merge(JToken merge) => merge is JArray pair ? $"{pair[0]} {pair[1]}" : (string)merge!;

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
}
