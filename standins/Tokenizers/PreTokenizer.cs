namespace Microsoft.ML.Tokenizers;

/// <summary>Cuts text into the ranges that are tokenized apart from each other. Text outside every range is dropped.</summary>
public abstract class PreTokenizer
{
    /// <summary>Offset and length, in UTF-16 units, of each piece of <paramref name="text"/>.</summary>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(string text);

    /// <inheritdoc cref="PreTokenize(string)"/>
    public abstract IEnumerable<(int Offset, int Length)> PreTokenize(ReadOnlySpan<char> text);
}
