namespace Microsoft.ML.Tokenizers;

/// <summary>What a <see cref="BpeTokenizer"/> is made from.</summary>
public sealed class BpeOptions
{
    /// <summary>Options over a vocabulary of tokens and their ids.</summary>
    public BpeOptions(IEnumerable<KeyValuePair<string, int>> vocabulary)
    {
        ArgumentNullException.ThrowIfNull(vocabulary);
        Vocabulary = vocabulary;
    }

    /// <summary>Tokens and their ids; at byte level the tokens are written in the byte letters.</summary>
    public IEnumerable<KeyValuePair<string, int>> Vocabulary { get; }

    /// <summary>Pairs to merge, best first, each "left right".</summary>
    public IEnumerable<string>? Merges { get; set; }

    /// <summary>What cuts the text before merging; null stands for words and runs of other visible characters.</summary>
    public PreTokenizer? PreTokenizer { get; set; }

    /// <summary>Whether text is read as UTF-8 bytes, each written as its letter, instead of as characters.</summary>
    public bool ByteLevel { get; set; }
}
