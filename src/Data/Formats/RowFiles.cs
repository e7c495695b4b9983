namespace R1Reward.Data.Formats;

/// <summary>
/// The rows of data files, one after the other: JSON lines, a JSON list, CSV, Parquet, a folder of several Parquet
/// files as Hugging Face's sets have them, or several files by a name with stars. At most one row group of a file is
/// in memory.
/// </summary>
internal static class RowFiles
{
    /// <summary>Reads lazily. A row that cannot be read comes with its problem.</summary>
    /// <exception cref="UserErrorException">There is no such file, or it is of another kind.</exception>
    public static IEnumerable<FileRow> Read(string path) => RowPaths.Find(path).SelectMany(ReadFile);

    /// <summary>Refuses what names no file.</summary>
    /// <exception cref="UserErrorException">There is no such file or folder.</exception>
    public static void Require(string path)
    {
        if (!Directory.Exists(path) && !RowPaths.Find(path).All(File.Exists))
        {
            throw PlainFile.Missing(path);
        }
    }

    /// <summary>What relative paths of media start at.</summary>
    public static string FolderOf(string path) =>
        Directory.Exists(path) ? Path.GetFullPath(path) : Path.GetDirectoryName(Path.GetFullPath(path))!;

    private static IEnumerable<FileRow> ReadFile(string path)
    {
        if (PlainFile.IsParquet(path))
        {
            return ParquetRows.Read(path);
        }

        return path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)
            ? CsvRows.Read(path)
            : JsonRows.Read(path).Select(row => new FileRow($"{path}:{row.Line}", row.Row, row.Problem));
    }
}
