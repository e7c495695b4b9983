using Newtonsoft.Json;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.Files;

/// <summary>
/// The byte-level BPE of a checkpoint folder: vocabulary and merges, added tokens, the split pattern and whether text
/// is normalised to form C. Anything that would change ids and is not understood is an error.
/// </summary>
internal sealed record TokenizerFile
{
    private const string FileName = "tokenizer.json";

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

    /// <summary>
    /// Whether a piece of text that is a token as a whole is that token, whatever the merges say (Llama 3).
    /// </summary>
    public bool IgnoresMerges { get; init; }

    /// <summary>Whether a folder has the files of a tokenizer.</summary>
    public static bool Exists(string folder) =>
        File.Exists(Path.Combine(folder, FileName)) || VocabularyFiles.Exists(folder);

    /// <summary>
    /// Reads tokenizer.json, or vocab.json and merges.txt where there is none, with the added tokens of the
    /// configuration.
    /// </summary>
    /// <exception cref="UserErrorException">
    /// A file is missing or broken, or describes another kind of tokenizer.
    /// </exception>
    public static TokenizerFile Load(string folder, TokenizerConfig config)
    {
        var path = Path.Combine(folder, FileName);
        var isOlder = !File.Exists(path) && VocabularyFiles.Exists(folder);
        path = isOlder ? Path.Combine(folder, VocabularyFiles.VocabularyName) : path;
        var root = TokenizerJson.Read(path);
        try
        {
            var file = isOlder
                ? VocabularyFiles.Parse(folder, root, config)
                : TokenizerFileParser.Parse(path, root);
            List<AddedToken> added = [.. WithConfigured(path, file, config)];
            VocabularyCheck.Run(path, file.Vocabulary, added);
            return file with { AddedTokens = added };
        }
        catch (Exception error) when (error
            is JsonException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            throw new UserErrorException(
                $"Tokenizer: {path} is not laid out as a {Path.GetFileName(path)} ({error.Message}).", error);
        }
    }

    // What the configuration adds, and which tokens it calls special; a special token may also be in the vocabulary.
    private static IEnumerable<AddedToken> WithConfigured(string path, TokenizerFile file, TokenizerConfig config)
    {
        var added = file.AddedTokens.Concat(config.AddedTokens())
            .DistinctBy(token => token.Content)
            .ToDictionary(token => token.Content);
        foreach (var content in config.SpecialContents.Where(IsKnownOrListed))
        {
            if (added.TryGetValue(content, out var token))
            {
                added[content] = token with { Special = true };
            }
            else if (file.Vocabulary.TryGetValue(content, out var id))
            {
                added[content] = new AddedToken(id, content, Special: true);
            }
            else
            {
                throw TokenizerJson.Unsupported(
                    path,
                    $"has no token {content}, which its configuration calls special");
            }
        }

        return added.Values;

        // A role may name a token that is not there, as long as nobody asks for it.
        bool IsKnownOrListed(string content) => added.ContainsKey(content)
            || file.Vocabulary.ContainsKey(content)
            || !config.SpecialTokens.Values.Contains(content);
    }
}
