using System.Security.Cryptography;
using System.Text;

namespace R1Reward.Actors.Coordination;

/// <summary>Seeds of independent random streams, derived from the run's seed and a name: the same on every machine.</summary>
public static class Streams
{
    /// <summary>The stream that samples prompt <paramref name="prompt"/> of a sampling.</summary>
    public static long Rollout(long seed, string sampling, int prompt) => Named(seed, $"{sampling}/{prompt}");

    /// <summary>The stream of a name.</summary>
    public static long Named(long seed, string name) =>
        BitConverter.ToInt64(SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}/{name}")));
}
