using System.Security.Cryptography;
using System.Text;

namespace R1Reward.Data.Randomness;

/// <summary>
/// Counter-based random numbers: Philox4x32 with 10 rounds (Salmon et al., SC 2011). Number i of a stream depends on
/// the key, the stream and i alone, so that a data row or a sampled token is the same whoever draws it and when.
/// </summary>
/// <example><c>CounterRandom.For(seed, "rollout", pair, sample).NextDouble()</c></example>
public sealed class CounterRandom
{
    private readonly ulong _key;
    private readonly ulong _stream;
    private ulong _position;

    /// <summary>Starts a stream at its first number.</summary>
    public CounterRandom(ulong key, ulong stream = 0)
    {
        _key = key;
        _stream = stream;
    }

    /// <summary>The generator of one purpose and place; different paths give unrelated streams.</summary>
    public static CounterRandom For(long seed, string purpose, params ReadOnlySpan<long> path) =>
        new(KeyOf(seed, purpose, path));

    /// <summary>The key that <see cref="For"/> uses, for callers that draw by position.</summary>
    public static ulong KeyOf(long seed, string purpose, params ReadOnlySpan<long> path)
    {
        var name = SHA256.HashData(Encoding.UTF8.GetBytes(purpose));
        var key = Mix((ulong)seed ^ BitConverter.ToUInt64(name));
        foreach (var step in path)
        {
            key = Mix(key ^ Mix((ulong)step + 0x9E3779B97F4A7C15));
        }

        return key;
    }

    /// <summary>The number at a position of a stream, in [0, 1) with 53 random bits.</summary>
    public static double UniformAt(ulong key, ulong stream, ulong position) => ToUnit(At(key, stream, position));

    /// <summary>The 64 bits at a position of a stream.</summary>
    public static ulong At(ulong key, ulong stream, ulong position)
    {
        var (x0, x1, _, _) = Philox(
            (uint)position, (uint)(position >> 32), (uint)stream, (uint)(stream >> 32), (uint)key, (uint)(key >> 32));
        return ((ulong)x1 << 32) | x0;
    }

    /// <summary>The next 64 random bits.</summary>
    public ulong NextUInt64() => At(_key, _stream, _position++);

    /// <summary>The next number in [0, 1).</summary>
    public double NextDouble() => ToUnit(NextUInt64());

    /// <summary>True or false with equal probability: the highest of the next 64 bits.</summary>
    public bool NextBool() => NextUInt64() >> 63 != 0;

    /// <summary>
    /// A whole number in [0, <paramref name="bound"/>); the bias of the multiply-shift is below bound / 2^64.
    /// </summary>
    public int Next(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bound, 1);
        return (int)Math.BigMul(NextUInt64(), (ulong)bound, out _);
    }

    /// <summary>A whole number in [<paramref name="min"/>, <paramref name="max"/>], both ends included.</summary>
    public int Between(int min, int max) => min + Next(max - min + 1);

    /// <summary>One of the items, each as likely.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>Puts the items in random order (Fisher-Yates).</summary>
    public void Shuffle<T>(IList<T> items)
    {
        for (var i = items.Count - 1; i > 0; i--)
        {
            var j = Next(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>The bare block function: four counter words and two key words to four random words.</summary>
    internal static (uint X0, uint X1, uint X2, uint X3) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < 10; round++)
        {
            var first = (ulong)0xD2511F53 * c0;
            var second = (ulong)0xCD9E8D57 * c2;
            c0 = (uint)(second >> 32) ^ c1 ^ k0;
            c1 = (uint)second;
            c2 = (uint)(first >> 32) ^ c3 ^ k1;
            c3 = (uint)first;
            k0 += 0x9E3779B9;
            k1 += 0xBB67AE85;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>The finaliser of SplitMix64: a bijection in which every input bit reaches every output bit.</summary>
    internal static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private static double ToUnit(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));
}
