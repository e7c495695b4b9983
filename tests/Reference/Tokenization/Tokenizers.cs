using System.Collections.Concurrent;
using R1Reward.Policy.Tokenization;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Tokenization;

/// <summary>The tokenizers of the fixtures, each loaded once.</summary>
internal static class Tokenizers
{
    private static readonly ConcurrentDictionary<string, Tokenizer> _loaded = new();

    /// <summary>The folder of the tokenizer that a case was made with.</summary>
    public static string FolderOf(string section, string name) =>
        Fixtures.Path(
            (string)
                RowFile.About(section)[
                    name.EndsWith("_small", StringComparison.Ordinal) ? "small_tokenizer" : "tokenizer"
                ]!);

    /// <summary>The tokenizer that a case was made with.</summary>
    public static Tokenizer Load(string section, string name) => Load(FolderOf(section, name));

    /// <summary>The tokenizer of a folder.</summary>
    public static Tokenizer Load(string folder) => _loaded.GetOrAdd(folder, Tokenizer.Load);
}
