using System.Globalization;
using R1Reward.Actors.Runs;

namespace R1Reward.Actors.Workers;

/// <summary>Removes checkpoints of updates that newer ones have replaced. The cold start's stays: it is the reference.</summary>
internal static class OldCheckpoints
{
    private const string Prefix = "step-";

    /// <summary>Keeps the newest; 0 keeps all.</summary>
    public static void Remove(RunFolder folder, int keep)
    {
        if (keep == 0)
        {
            return;
        }

        foreach (var old in new DirectoryInfo(folder.Checkpoints).EnumerateDirectories(Prefix + "*")
            .Where(checkpoint => int.TryParse(checkpoint.Name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture, out _))
            .OrderByDescending(checkpoint => int.Parse(checkpoint.Name.AsSpan(Prefix.Length), CultureInfo.InvariantCulture))
            .Skip(keep))
        {
            old.Delete(recursive: true);
        }
    }
}
