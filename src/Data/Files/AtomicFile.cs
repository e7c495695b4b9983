using System.Text;

namespace R1Reward.Data.Files;

/// <summary>
/// Writes files so that a reader, or a power cut, sees the old content or the new and nothing between.
/// </summary>
public static class AtomicFile
{
    // A larger buffer is a large object, and each few of them a collection of the whole heap.
    private const int BufferSize = 1 << 16;

    /// <summary>Writes beside the target, flushes to disk and renames; folders on the way are made.</summary>
    public static void Write(string path, Action<Stream> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        string aside;
        using (var stream = OpenBeside(path))
        {
            aside = stream.Name;
            content(stream);
            stream.Flush(flushToDisk: true);
        }

        File.Move(aside, path, overwrite: true);
    }

    /// <summary>Writes a text as UTF-8.</summary>
    public static void Write(string path, string text) =>
        Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));

    // The usual name is written over when a process was killed in the middle; another writer is there only at times.
    private static FileStream OpenBeside(string path)
    {
        FileStream Open(string aside) => new(aside, FileMode.Create, FileAccess.Write, FileShare.None, BufferSize);
        try
        {
            return Open(path + ".partial");
        }
        catch (IOException) when (File.Exists(path + ".partial"))
        {
            return Open($"{path}.{Guid.NewGuid():N}.partial");
        }
    }
}
