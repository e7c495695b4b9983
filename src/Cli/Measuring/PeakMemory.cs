using System.Globalization;

namespace R1Reward.Cli.Measuring;

/// <summary>The largest resident memory of this process, as Linux keeps it.</summary>
internal static class PeakMemory
{
    private const string Key = "VmHWM:";

    /// <summary>Starts anew from what is resident now, where the system allows it.</summary>
    public static void Reset()
    {
        try
        {
            File.WriteAllText("/proc/self/clear_refs", "5");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The peak then counts from the start of the process.
        }
    }

    /// <summary>The peak in MiB; null where the system does not say.</summary>
    public static double? ReadMib()
    {
        const string file = "/proc/self/status";
        var line = File.Exists(file) ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith(Key)) : null;
        return line is null
            ? null
            : double.Parse(line[Key.Length..].Split("kB")[0], CultureInfo.InvariantCulture) / 1024;
    }
}
