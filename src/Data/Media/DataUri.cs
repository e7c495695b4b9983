using System.Diagnostics.CodeAnalysis;

namespace R1Reward.Data.Media;

/// <summary>Pictures that stand inside a text instead of in a file (RFC 2397), as <c>data:image/png;base64,...</c>.</summary>
public static class DataUri
{
    private const string Scheme = "data:";

    /// <summary>A PNG as an address that holds it.</summary>
    public static string OfPng(ReadOnlySpan<byte> png) => "data:image/png;base64," + Convert.ToBase64String(png);

    /// <summary>Whether a path is such an address.</summary>
    public static bool Is(string path) => path.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>What an address holds; false where it is not written in base64 or broken.</summary>
    public static bool TryDecode(string path, [NotNullWhen(true)] out byte[]? content)
    {
        var comma = path.IndexOf(',', StringComparison.Ordinal);
        content = comma > 0 && path.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase) ? new byte[((path.Length - comma) * 3 / 4) + 3] : null;
        if (content is null || !Convert.TryFromBase64Chars(path.AsSpan(comma + 1), content, out var length))
        {
            content = null;
            return false;
        }

        content = content[..length];
        return true;
    }
}
