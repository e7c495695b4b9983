using System.Diagnostics.CodeAnalysis;

namespace R1Reward.Data.Media;

/// <summary>
/// Media that stand inside a text instead of in a file (RFC 2397), as <c>data:image/png;base64,...</c>.
/// </summary>
public static class DataUri
{
    private const string Scheme = "data:";

    /// <summary>The address that holds a PNG file.</summary>
    public static string FromPng(ReadOnlySpan<byte> png) => "data:image/png;base64," + Convert.ToBase64String(png);

    /// <summary>The address that holds a WAV file.</summary>
    public static string FromWav(ReadOnlySpan<byte> wav) => "data:audio/wav;base64," + Convert.ToBase64String(wav);

    /// <summary>The address that holds a file of any kind of picture.</summary>
    public static string From(ReadOnlySpan<byte> file) =>
        "data:application/octet-stream;base64," + Convert.ToBase64String(file);

    /// <summary>Whether a path is such an address.</summary>
    public static bool Matches(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Decodes the file that an address holds; false where it is not base64 or damaged.</summary>
    public static bool TryDecode(string path, [NotNullWhen(true)] out byte[]? content)
    {
        var comma = path.IndexOf(',', StringComparison.Ordinal);
        content = null;
        if (comma <= 0 || !path.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var buffer = new byte[((path.Length - comma) * 3 / 4) + 3];
        if (!Convert.TryFromBase64Chars(path.AsSpan(comma + 1), buffer, out var length))
        {
            return false;
        }

        content = buffer[..length];
        return true;
    }
}
