namespace Microsoft.ML.Tokenizers;

/// <summary>The letter of each byte in byte-level vocabularies: visible Latin-1 stands for itself, the rest follows from U+0100 on.</summary>
internal static class ByteLetters
{
    private static readonly char[] _letters = Make();

    public static char Of(byte value) => _letters[value];

    private static char[] Make()
    {
        var letters = new char[256];
        var next = 'Ā';
        for (var value = 0; value < letters.Length; value++)
        {
            letters[value] = value is >= 0x21 and <= 0x7E or >= 0xA1 and <= 0xAC or >= 0xAE ? (char)value : next++;
        }

        return letters;
    }
}
