using System.Text;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>Reads configuration files as texts, without letting damage through as other characters.</summary>
internal static class HoconText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file in UTF-8, or in what its byte order mark says.</summary>
    /// <exception cref="UserErrorException">
    /// It is no plain file, too large, may not be read, or holds bytes that are no text.
    /// </exception>
    public static string Read(string path)
    {
        RegularFile.Require(path, HoconLimits.FileBytes);
        try
        {
            var bytes = File.ReadAllBytes(path);
            using var reader = new StreamReader(new MemoryStream(bytes));
            reader.Peek();
            return reader.CurrentEncoding is UTF8Encoding ? Decode(bytes, path) : reader.ReadToEnd();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: cannot be read ({error.Message}). Check its permissions.", error);
        }
    }

    private static string Decode(byte[] bytes, string path)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException damage)
        {
            var before = bytes.AsSpan(0, damage.Index);
            var line = before[(before.LastIndexOf((byte)'\n') + 1)..];
            var place = new HoconPlace(path, before.Count((byte)'\n') + 1, Strict.GetCharCount(line) + 1);
            throw HoconCursor.Error(
                place, $"the byte {bytes[damage.Index]:X2} is no UTF-8. Save the file as UTF-8.");
        }
    }
}
