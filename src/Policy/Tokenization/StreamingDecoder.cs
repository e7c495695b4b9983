using System.Text;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Decodes ids one at a time: each call gives the characters that are complete, an unfinished UTF-8 sequence waits for its
/// rest. All pieces joined are what <see cref="Tokenizer.Decode"/> gives.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly Decoder _utf8 = Encoding.UTF8.GetDecoder();

    /// <summary>A decoder at the start of a text.</summary>
    /// <param name="tokenizer">Whose ids are fed.</param>
    /// <param name="skipSpecial">Leave control tokens out.</param>
    public StreamingDecoder(Tokenizer tokenizer, bool skipSpecial = true)
    {
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
    }

    /// <summary>The text that the next id completes; may be empty.</summary>
    public string Add(int id) => Decode(_tokenizer.BytesOf(id, _skipSpecial), flush: false);

    /// <summary>What is left at the end: U+FFFD for an unfinished sequence, else nothing.</summary>
    public string Finish() => Decode([], flush: true);

    private string Decode(ReadOnlySpan<byte> bytes, bool flush)
    {
        var text = new char[_utf8.GetCharCount(bytes, flush)];
        return new string(text, 0, _utf8.GetChars(bytes, text, flush));
    }
}
