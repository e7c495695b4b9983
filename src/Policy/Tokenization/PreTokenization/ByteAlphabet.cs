namespace R1Reward.Policy.Tokenization.PreTokenization;

/// <summary>
/// The letters in which byte-level vocabularies write bytes (GPT-2's table): 0x21-0x7E, 0xA1-0xAC and 0xAE-0xFF stand
/// for themselves, the other 68 bytes, in increasing order, for U+0100 to U+0143. A space is written U+0120.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] _letters = MakeLetters();
    private static readonly Dictionary<char, byte> _bytes = _letters
        .Select((letter, value) => (letter, value))
        .ToDictionary(pair => pair.letter, pair => (byte)pair.value);

    /// <summary>All 256 letters by code point, the order of ids in published vocabularies.</summary>
    public static IEnumerable<char> Letters => _letters.Order();

    /// <summary>The letter of a byte.</summary>
    public static char Letter(byte value) => _letters[value];

    /// <summary>
    /// The bytes of a token; null if a character is no byte letter (then the token stands for its own UTF-8).
    /// </summary>
    public static byte[]? Bytes(string token)
    {
        var bytes = new byte[token.Length];
        for (var i = 0; i < token.Length; i++)
        {
            if (!_bytes.TryGetValue(token[i], out bytes[i]))
            {
                return null;
            }
        }

        return bytes;
    }

    private static char[] MakeLetters()
    {
        var letters = new char[256];
        var next = '\u0100';
        for (var value = 0; value < letters.Length; value++)
        {
            var standsForItself = value is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xAC or >= 0xAE;
            letters[value] = standsForItself ? (char)value : next++;
        }

        return letters;
    }
}
