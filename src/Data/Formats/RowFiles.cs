using R1Reward.Data.Files;

namespace R1Reward.Data.Formats;

/// <summary>
/// The rows of data files, one after the other: JSON lines, a JSON list, CSV, Parquet, or a folder of several Parquet
/// files as Hugging Face's sets have them. At most one row group of a file is in memory.
/// </summary>
internal static class RowFiles
{
    private static ReadOnlySpan<byte> ParquetMark => "PAR1"u8;

    /// <summary>Reads lazily. A row that cannot be read comes with its problem.</summary>
    /// <exception cref="UserErrorException">There is no such file, or it is of another kind.</exception>
    public static IEnumerable<FileRow> Read(string path)
    {
        if (Directory.Exists(path))
        {
            var files = Directory.EnumerateFiles(path, "*.parquet").Order(StringComparer.Ordinal).ToList();
            return files.Count > 0
                ? files.SelectMany(ReadFile)
                : throw new UserErrorException(
                    $"{path}: a folder without Parquet files; give a file, or such a folder");
        }

        return ReadFile(path);
    }

    private static IEnumerable<FileRow> ReadFile(string path)
    {
        RequirePlain(path);
        if (IsParquet(path))
        {
            return ParquetRows.Read(path);
        }

        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            ? CsvRows.Read(path)
            : JsonRows.Read(path).Select(row => new FileRow($"{path}:{row.Line}", row.Row, row.Problem));
    }

    private static bool IsParquet(string path) => Starts(path).AsSpan().StartsWith(ParquetMark);

    private static byte[] Starts(string path)
    {
        var start = new byte[ParquetMark.Length];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..length];
    }

    private static void RequirePlain(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such file; give a file of preference pairs");
        }

        if (!RegularFile.Exists(path))
        {
            throw new UserErrorException($"{path}: a pipe or a device; give a plain file of preference pairs");
        }

        if (Starts(path) is [0x1F, 0x8B, ..])
        {
            throw new UserErrorException($"{path}: a compressed file; unpack it with gunzip");
        }
    }
}
