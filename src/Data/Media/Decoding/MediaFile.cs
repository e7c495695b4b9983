using R1Reward.Data.Files;

namespace R1Reward.Data.Media.Decoding;

/// <summary>Refuses paths that lead to no plain file.</summary>
internal static class MediaFile
{
    /// <summary>Returns only where there is a plain file.</summary>
    /// <exception cref="MediaException">There is none.</exception>
    public static void Require(string path)
    {
        if (!File.Exists(path))
        {
            throw new MediaException(MediaStatus.Missing, Directory.Exists(path) ? "is a folder" : "does not exist");
        }

        // Opening a pipe would wait for its writer, and a device, also behind a link, may never end.
        if (!RegularFile.Exists(path))
        {
            throw new MediaException(MediaStatus.Unsupported, "is a pipe, a socket or a device, no plain file");
        }
    }
}
