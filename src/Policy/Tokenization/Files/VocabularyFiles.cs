using Newtonsoft.Json.Linq;
using R1Reward.Data;
using R1Reward.Data.Files;
using R1Reward.Policy.Tokenization.PreTokenization;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>
/// The older files of a tokenizer, vocab.json and merges.txt; how text is cut follows from the class that reads them.
/// </summary>
internal static class VocabularyFiles
{
    /// <summary>The file with the ids by token.</summary>
    public const string VocabularyName = "vocab.json";

    private const string MergesName = "merges.txt";

    /// <summary>Whether a folder has both.</summary>
    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, VocabularyName)) && File.Exists(Path.Combine(folder, MergesName));

    /// <summary>Reads the tokenizer without its added tokens, which the configuration has.</summary>
    /// <exception cref="UserErrorException">The tokenizer is of another class.</exception>
    public static TokenizerFile Parse(string folder, JObject vocabulary, TokenizerConfig config)
    {
        var (pattern, normalizes) = config.TokenizerClass switch
        {
            "Qwen2Tokenizer" => (SplitPreTokenizer.QwenPattern, true),
            "GPT2Tokenizer" => (SplitPreTokenizer.Gpt2Pattern, false),
            var other => throw TokenizerJson.Unsupported(
                folder,
                $"has no tokenizer.json, and its tokenizer_class is {other ?? "not set"}"),
        };
        return new TokenizerFile
        {
            Vocabulary = vocabulary.ToObject<Dictionary<string, int>>()!,
            Merges = [.. ReadMerges(Path.Combine(folder, MergesName))],
            AddedTokens = [],
            Pattern = pattern,
            Normalizes = normalizes,
        };
    }

    private static IEnumerable<string> ReadMerges(string path) => RegularFile.ReadText(path)
        .Split('\n')
        .Select(line => line.TrimEnd('\r'))
        .Where((line, i) => line.Length > 0 && !(i == 0 && line.StartsWith("#version", StringComparison.Ordinal)));
}
