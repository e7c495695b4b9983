using System.Security.Cryptography;
using System.Text;

namespace R1Reward.Data.Pairs;

/// <summary>The content part of pair identities (decision D19).</summary>
public static class ContentHash
{
    /// <summary>The first 8 hexadecimal digits of the SHA-256 of the texts, each ended by a zero byte.</summary>
    public static string Compute(params ReadOnlySpan<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(text + '\0'));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 4));
    }
}
