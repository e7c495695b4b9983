using System.Runtime.InteropServices;

namespace R1Reward.Cli.Running;

/// <summary>
/// What native libraries read from the environment before they begin to work, unless the user has set it. The program
/// sets it itself, so that an installed tool computes as <c>./r1</c> does.
/// </summary>
internal static class NativeSettings
{
    private const string Kept = "1000000000";

    // Numbers of glibc's mallopt; it reads its part of the environment before the program begins.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int ArenaMax = -8;

    /// <summary>
    /// Variable, value and, where the C library has read it already, its number there: idle threads spin for some
    /// microseconds until the next small operation comes, and then sleep (longer they would spin against the other
    /// cores' work, shorter they would be woken at every operation); memory of activations, whose sizes come and go at
    /// every step, is kept instead of handed back each time, and is one for all threads: what a thread has for itself
    /// holds nothing beyond 64 MiB, and is handed back whatever the other settings say.
    /// </summary>
    private static readonly (string Name, string Value, int? Parameter)[] Defaults =
    [
        ("OMP_WAIT_POLICY", "PASSIVE", null),
        ("GOMP_SPINCOUNT", "20000", null),
        ("MALLOC_TRIM_THRESHOLD_", Kept, TrimThreshold),
        ("MALLOC_MMAP_THRESHOLD_", Kept, MmapThreshold),
        ("MALLOC_ARENA_MAX", "1", ArenaMax),
    ];

    /// <summary>Sets what is open, for this process and those that it starts.</summary>
    public static void Apply()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        foreach (var (name, value, parameter) in Defaults)
        {
            if (Environment.GetEnvironmentVariable(name) is null)
            {
                Environment.SetEnvironmentVariable(name, value);
                Tell(name, value, parameter);
            }
        }
    }

    // The runtime's own variables reach its children, but no library within the process.
    private static void Tell(string name, string value, int? parameter)
    {
        try
        {
            _ = parameter is { } number ? MallOpt(number, int.Parse(value)) : SetEnv(name, value, 0);
        }
        catch (EntryPointNotFoundException)
        {
            // A C library without it computes all the same, a little slower.
        }
    }

    [DllImport("libc", EntryPoint = "setenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetEnv(
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string value,
        int replace);

    [DllImport("libc", EntryPoint = "mallopt")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int MallOpt(int parameter, int value);
}
