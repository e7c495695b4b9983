using R1Reward.Data.Files;

namespace R1Reward.Data.Formats;

/// <summary>
/// How many rows data files seem to have, from their bytes alone: the total of what is shown while they are worked on.
/// A file is read as fast as the disk gives it, and nothing is checked.
/// </summary>
public static class RowCount
{
    private const int BufferSize = 1 << 16;

    /// <summary>The rows of all files that a path names; 0 where there is none to be read.</summary>
    /// <exception cref="UserErrorException">No file of a folder, or of a name with stars, can be meant.</exception>
    public static int Of(string path) => (int)Math.Min(int.MaxValue, RowPaths.Find(path).Sum(OfFile));

    private static long OfFile(string path)
    {
        if (!RegularFile.Exists(path))
        {
            return 0;
        }

        if (PlainFile.IsParquet(path))
        {
            return ParquetRows.Count(path);
        }

        var isTable = path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase);
        return isTable ? Math.Max(0, RowBytes.Lines(Bytes(path), hasQuotes: true) - 1)
            : JsonRows.IsList(path) ? RowBytes.Objects(Bytes(path))
            : RowBytes.Lines(Bytes(path), hasQuotes: false);
    }

    private static IEnumerable<byte> Bytes(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize);
        var buffer = new byte[BufferSize];
        while (file.Read(buffer) is > 0 and var length)
        {
            for (var i = 0; i < length; i++)
            {
                yield return buffer[i];
            }
        }
    }
}
