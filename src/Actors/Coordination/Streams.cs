using System.Security.Cryptography;
using System.Text;

namespace R1Reward.Actors.Coordination;

/// <summary>Seeds of independent random streams, derived from the run's seed and a name: the same on every machine.</summary>
public static class Streams
{
    /// <summary>The stream that samples prompt <paramref name="prompt"/> of a sampling.</summary>
    public static ulong Rollout(ulong seed, string sampling, int prompt) => Named(seed, $"{sampling}/{prompt}");

    /// <summary>The stream of a name.</summary>
    public static ulong Named(ulong seed, string name) =>
        BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}")));
}
