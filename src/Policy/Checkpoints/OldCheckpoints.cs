using System.Globalization;

namespace R1Reward.Policy.Checkpoints;

/// <summary>
/// Removes the checkpoints <c>step-N</c> that newer ones have replaced. Other folders beside them stay.
/// </summary>
public static class OldCheckpoints
{
    private const string Prefix = "step-";

    /// <summary>Removes all but the checkpoints of the highest steps.</summary>
    /// <param name="folder">The folder that holds the checkpoints.</param>
    /// <param name="keep">How many stay; 0 keeps all.</param>
    public static void Remove(string folder, int keep)
    {
        if (keep == 0)
        {
            return;
        }

        var checkpoints = new DirectoryInfo(folder)
            .EnumerateDirectories(Prefix + "*")
            .Where(entry => StepOf(entry) is not null);
        foreach (var old in checkpoints.OrderByDescending(StepOf).Skip(keep))
        {
            old.Delete(recursive: true);
        }
    }

    private static int? StepOf(DirectoryInfo checkpoint)
    {
        var number = checkpoint.Name.AsSpan(Prefix.Length);
        return int.TryParse(number, CultureInfo.InvariantCulture, out var step) ? step : null;
    }
}
