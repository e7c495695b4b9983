namespace Microsoft.ML.Tokenizers;

/// <summary>Turns text into token ids.</summary>
public abstract class Tokenizer
{
    private protected Tokenizer()
    {
    }

    /// <summary>What cuts the text before tokenization.</summary>
    public virtual PreTokenizer? PreTokenizer => null;

    /// <summary>The ids of <paramref name="text"/>. This tokenizer has no normalizer, so <paramref name="considerNormalization"/> changes nothing.</summary>
    public IReadOnlyList<int> EncodeToIds(string text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text, considerPreTokenization ? PreTokenizer?.PreTokenize(text) : null);

    /// <inheritdoc cref="EncodeToIds(string, bool, bool)"/>
    public IReadOnlyList<int> EncodeToIds(ReadOnlySpan<char> text, bool considerPreTokenization = true, bool considerNormalization = true) =>
        Encode(text, considerPreTokenization ? PreTokenizer?.PreTokenize(text) : null);

    private protected abstract IReadOnlyList<int> Encode(ReadOnlySpan<char> text, IEnumerable<(int Offset, int Length)>? pieces);
}
