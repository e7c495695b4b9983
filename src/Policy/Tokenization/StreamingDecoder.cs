using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace R1Reward.Policy.Tokenization;

/// <summary>
/// Decodes ids one at a time: each call gives the characters that are complete, an unfinished UTF-8 sequence waits for
/// its rest. All pieces joined are what <see cref="Tokenizer.Decode"/> gives.
/// </summary>
public sealed class StreamingDecoder
{
    private readonly Tokenizer _tokenizer;
    private readonly bool _skipSpecial;
    private readonly List<byte> _pending = [];

    /// <summary>A decoder at the start of a text.</summary>
    /// <param name="tokenizer">Whose ids are fed.</param>
    /// <param name="skipSpecial">Leave control tokens out.</param>
    public StreamingDecoder(Tokenizer tokenizer, bool skipSpecial = true)
    {
        _tokenizer = tokenizer;
        _skipSpecial = skipSpecial;
    }

    /// <summary>The text that the next id completes; may be empty.</summary>
    public string Add(int id)
    {
        _pending.AddRange(_tokenizer.BytesOf(id, _skipSpecial));
        return Take(_pending.Count - UnfinishedLength());
    }

    /// <summary>What is left at the end: U+FFFD for an unfinished sequence, else nothing.</summary>
    public string Finish() => Take(_pending.Count);

    // A surrogate in UTF-8 (ED A0-BF xx) is invalid from its second byte on, but is reported whole, as the reference
    // does.
    private int UnfinishedLength()
    {
        if (_pending is [.., 0xED, >= 0xA0 and <= 0xBF])
        {
            return 2;
        }

        for (var length = Math.Min(3, _pending.Count); length > 0; length--)
        {
            var end = CollectionsMarshal.AsSpan(_pending)[^length..];
            if (Rune.DecodeFromUtf8(end, out _, out _) == OperationStatus.NeedMoreData)
            {
                return length;
            }
        }

        return 0;
    }

    private string Take(int count)
    {
        var text = Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(_pending)[..count]);
        _pending.RemoveRange(0, count);
        return text;
    }
}
