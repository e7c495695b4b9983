using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// Reads files of preference pairs. A bad row is an error with file, line, reason and remedy, unless the caller asks to
/// skip and count it.
/// </summary>
public static class PairReader
{
    /// <summary>Reads all pairs of a file, in order.</summary>
    /// <param name="path">
    /// JSON lines, a JSON list, CSV or Parquet, a folder with several Parquet files, or files by a name with stars.
    /// </param>
    /// <param name="format">How to read the rows.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them in <see cref="PairFile.Skipped"/>.</param>
    /// <exception cref="UserErrorException">The file is missing or empty, its format is not known, or a row is
    /// bad.</exception>
    public static PairFile Read(string path, PairFormat format = PairFormat.Auto, bool skipBadRows = false) =>
        PairFile.Collect(ReadRows(path, format), path, RowFiles.FolderOf(path), skipBadRows);

    /// <summary>Reads a file row by row, so that one of any size can be looked at.</summary>
    /// <param name="path">A file or folder as above.</param>
    /// <param name="format">How to read the rows.</param>
    /// <exception cref="UserErrorException">There is no such file.</exception>
    public static IEnumerable<PairFileRow> ReadRows(string path, PairFormat format = PairFormat.Auto)
    {
        var index = 0;
        foreach (var row in RowFiles.Read(path))
        {
            var read = Read(row, index++, format);
            format = read.Format;
            yield return read;
        }
    }

    private static PairFileRow Read(FileRow row, int index, PairFormat format)
    {
        try
        {
            var fields = row.Fields ?? throw new RowException(row.Problem!);
            var form = RowFormat.Find(fields, format);
            format = form.Format;
            var read = new DataRow(fields, index);
            var pairs = form.Read(read).ToList();
            return new PairFileRow(row.Place, format, pairs, [.. read.Ignored(form.Name).Distinct()], null)
            {
                Fields = fields,
            };
        }
        catch (RowException error)
        {
            return new PairFileRow(row.Place, format, [], [], error.Message);
        }
    }
}
