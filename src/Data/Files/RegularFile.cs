using System.Runtime.InteropServices;

namespace R1Reward.Data.Files;

/// <summary>Opens files that a user names only if they are plain files of a sensible size.</summary>
/// <remarks>Opening a pipe waits for its writer for ever, and a device may never end.</remarks>
public static class RegularFile
{
    /// <summary>Bytes of the largest text file that is read where a caller knows no closer bound.</summary>
    public const long MaxTextBytes = 256L << 20;

    private const int CurrentFolder = -100;
    private const uint WantsType = 1;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000;
    private const int Regular = 0x8000;

    /// <summary>
    /// Whether a path leads, through links, to a plain file. Where the system cannot tell, it counts as one.
    /// </summary>
    public static bool Exists(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return File.Exists(path);
        }

        // struct statx is the same on every architecture; 256 bytes, the mode in bytes 28 and 29.
        var status = new byte[256];
        return statx(CurrentFolder, path, 0, WantsType, status) == 0
            && (BitConverter.ToUInt16(status, ModeOffset) & TypeMask) == Regular;
    }

    /// <summary>Reads a text file in UTF-8.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">Larger files are refused.</param>
    /// <exception cref="UserErrorException">It is missing, no plain file, too large, or may not be read.</exception>
    public static string ReadText(string path, long maxBytes = MaxTextBytes)
    {
        Require(path, maxBytes);
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"{path}: cannot be read ({error.Message}). Check its permissions.", error);
        }
    }

    /// <summary>Refuses what is no plain file, or too large.</summary>
    /// <exception cref="UserErrorException">The reason.</exception>
    public static void Require(string path, long maxBytes)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException(
                Directory.Exists(path) ? $"{path}: a folder. Name a file." : $"{path}: no such file.");
        }

        if (!Exists(path))
        {
            throw new UserErrorException($"{path}: a pipe, a socket or a device. Name a plain file.");
        }

        if (new FileInfo(path).Length > maxBytes)
        {
            throw new UserErrorException($"{path}: larger than {maxBytes >> 20} MiB.");
        }
    }

    [DllImport("libc", EntryPoint = "statx")]
    private static extern int statx(
        int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, byte[] status);
}
