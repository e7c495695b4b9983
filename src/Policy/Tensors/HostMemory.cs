using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Policy.Tensors;

/// <summary>Memory of the process outside of .NET, in which tensors of the CPU are.</summary>
internal static class HostMemory
{
    /// <summary>
    /// Has glibc give pages back that nobody uses, also those between blocks that are used; the next use of them costs
    /// a page fault each. Elsewhere nothing happens.
    /// </summary>
    /// <param name="device">Where the tensors are that memory is needed for: only those of the CPU are here.</param>
    internal static void GiveBackUnused(Device device)
    {
        if (device.type != DeviceType.CPU || !OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = MallocTrim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library has rules of its own.
        }
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MallocTrim(nuint kept);
}
