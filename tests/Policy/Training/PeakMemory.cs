using System.Globalization;
using R1Reward.Policy.Tensors;
using TorchSharp;

namespace R1Reward.Policy.Tests.Training;

/// <summary>How far the resident memory of this process rises during an action, where Linux says so.</summary>
internal static class PeakMemory
{
    private const string Reset = "/proc/self/clear_refs";

    /// <summary>Whether the system tells.</summary>
    internal static bool IsMeasured { get; } = TryReset();

    /// <summary>Bytes of the peak above what is resident at the start.</summary>
    internal static long Measure(Action action)
    {
        GC.Collect();

        // What earlier work freed may still be resident, and would hide what the action takes.
        HostMemory.GiveBackUnused(torch.CPU);
        TryReset();
        var before = Resident();
        action();
        return Status("VmHWM") - before;
    }

    /// <summary>Memory of the process that is in RAM at this moment, in bytes, as the kernel counts it.</summary>
    internal static long Resident() => Status("VmRSS");

    private static bool TryReset()
    {
        try
        {
            File.WriteAllText(Reset, "5");
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static long Status(string key)
    {
        var line = File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal));
        return 1024 * long.Parse(
            line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}

/// <summary>A test that measures memory; skipped where the system does not tell.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PeakMemoryFactAttribute : FactAttribute
{
    public PeakMemoryFactAttribute() =>
        Skip = PeakMemory.IsMeasured ? null : "this system does not tell the peak of a process's resident memory";
}
