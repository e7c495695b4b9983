namespace R1Reward.Actors.Protocol;

/// <summary>
/// Files that cannot be read or written, such as those on a full disk: the run ends, and goes on where it was when
/// whoever looks after the machine has mended that.
/// </summary>
internal static class FileFault
{
    // The result of an exception of .NET: on Unix the number of the error, on Windows with its facility.
    private const int NoSpaceOnUnix = 28;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    /// <summary>Whether an exception comes of a file or a folder.</summary>
    public static bool Is(Exception error) => error is IOException or UnauthorizedAccessException;

    /// <summary>Whether an exception says that no room is left on the disk, on Unix or on Windows.</summary>
    public static bool IsFullDisk(Exception error) =>
        error is IOException { HResult: NoSpaceOnUnix or NoSpaceOnWindows };

    /// <summary>What happened and what to do, in one line.</summary>
    public static string Describe(Exception error) =>
        $"{error.Message.Split('\n')[0].TrimEnd('.')}. See that the folder may be written and has room: the same "
        + "command goes on from what is saved.";
}
