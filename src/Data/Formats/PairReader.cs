using R1Reward.Data.Media;
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
    /// JSON lines, a JSON list, CSV or Parquet, or a folder with several Parquet files.
    /// </param>
    /// <param name="format">How to read the rows.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them in <see cref="PairFile.Skipped"/>.</param>
    /// <exception cref="UserErrorException">The file is missing or empty, its format is not known, or a row is
    /// bad.</exception>
    public static PairFile Read(string path, PairFormat format = PairFormat.Auto, bool skipBadRows = false)
    {
        var pairs = new List<PreferencePair>();
        var file = Scan(path, format, skipBadRows, pairs.Add);
        return file with { Pairs = pairs };
    }

    /// <summary>
    /// Reads a whole file without keeping its pairs: whoever then goes through it by <see cref="ReadRows"/> knows that
    /// no row is bad.
    /// </summary>
    /// <returns>
    /// What <see cref="Read(string, PairFormat, bool)"/> says of it, without the pairs, and their number.
    /// </returns>
    /// <exception cref="UserErrorException">As for <see cref="Read(string, PairFormat, bool)"/>.</exception>
    public static (PairFile File, int Pairs) Check(string path, PairFormat format = PairFormat.Auto)
    {
        var count = 0;
        var file = Scan(path, format, skipBadRows: false, _ => count++);
        return (file, count);
    }

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

    private static PairFile Scan(
        string path, PairFormat format, bool skipBadRows, Action<PreferencePair> take)
    {
        var folder = Directory.Exists(path) ? Path.GetFullPath(path) : Path.GetDirectoryName(Path.GetFullPath(path))!;
        var skipped = new List<string>();
        var missing = new List<PairId>();
        var ignored = new Dictionary<string, int>();
        var isEmpty = true;
        foreach (var row in ReadRows(path, format))
        {
            format = row.Format;
            if (row.Problem is { } problem)
            {
                var message = $"{row.Place}: {problem}";
                if (!skipBadRows)
                {
                    throw new UserErrorException(message);
                }

                skipped.Add(message);
            }

            foreach (var name in row.Ignored)
            {
                ignored[name] = ignored.GetValueOrDefault(name) + 1;
            }

            foreach (var pair in row.Pairs)
            {
                isEmpty = false;
                take(pair);
                if (pair.Media.Any(item => !IsThere(folder, item)))
                {
                    missing.Add(pair.Id);
                }
            }
        }

        if (isEmpty)
        {
            throw new UserErrorException(skipped.Count == 0
                ? $"{path}: the file holds no rows; write one JSON object per line"
                : $"{path}: none of its {skipped.Count} rows can be used; the first: {skipped[0]}");
        }

        return new PairFile([], format, skipped, missing, ignored);
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
            return new PairFileRow(row.Place, format, pairs, [.. read.Ignored(form.Name).Distinct()], null);
        }
        catch (RowException error)
        {
            return new PairFileRow(row.Place, format, [], [], error.Message);
        }
    }

    private static bool IsThere(string folder, MediaItem item) =>
        DataUri.Matches(item.Path) || Path.Exists(MediaPath.Resolve(item.Path, folder));
}
