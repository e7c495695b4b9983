using R1Reward.Data.Files;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// Reads files of preference pairs. A bad row is an error with file, line, reason and remedy, unless the caller asks to
/// skip and count it.
/// </summary>
public static class PairReader
{
    private static ReadOnlySpan<byte> ParquetMark => "PAR1"u8;

    /// <summary>Reads all pairs of a file, in order.</summary>
    /// <param name="path">A JSONL file, or a JSON file that holds one list.</param>
    /// <param name="format">How to read the rows.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them in <see cref="PairFile.Skipped"/>.</param>
    /// <exception cref="UserErrorException">The file is missing or empty, its format is not known, or a row is
    /// bad.</exception>
    public static PairFile Read(string path, PairFormat format = PairFormat.Auto, bool skipBadRows = false)
    {
        RequireText(path);
        var pairs = new List<PreferencePair>();
        var skipped = new List<string>();
        var ignored = new Dictionary<string, int>();
        var index = 0;
        foreach (var (line, row, problem) in JsonRows.Read(path))
        {
            try
            {
                var fields = row ?? throw new RowException(problem!);
                var form = RowFormat.Find(fields, format);
                format = form.Format;
                var read = new DataRow(fields, index);
                var made = form.Read(read).ToList();
                foreach (var name in read.Ignored(form.Name).Distinct())
                {
                    ignored[name] = ignored.GetValueOrDefault(name) + 1;
                }

                pairs.AddRange(made);
            }
            catch (RowException error)
            {
                var message = $"{path}:{line}: {error.Message}";
                if (!skipBadRows)
                {
                    throw new UserErrorException(message, error);
                }

                skipped.Add(message);
            }

            index++;
        }

        if (pairs.Count == 0)
        {
            throw new UserErrorException(skipped.Count == 0
                ? $"{path}: the file holds no rows; write one JSON object per line"
                : $"{path}: none of its {skipped.Count} rows can be used; the first: {skipped[0]}");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return new PairFile(
            pairs,
            format,
            skipped,
            [.. pairs.Where(pair => pair.Media.Any(item => !IsThere(folder, item))).Select(pair => pair.Id)],
            ignored);
    }

    private static bool IsThere(string folder, MediaItem item) =>
        DataUri.Matches(item.Path) || Path.Exists(MediaPath.Resolve(item.Path, folder));

    private static void RequireText(string path)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such file; give a JSONL file of preference pairs");
        }

        if (!RegularFile.Exists(path))
        {
            throw new UserErrorException($"{path}: a pipe or a device; give a plain file of preference pairs");
        }

        var start = new byte[ParquetMark.Length];
        using var file = File.OpenRead(path);
        var length = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        if (start.AsSpan(0, length).SequenceEqual(ParquetMark))
        {
            throw new UserErrorException(
                $"{path}: a Parquet file, which is not read here; write it as JSON lines, for example with "
                + "Dataset.to_json of the Python library datasets");
        }

        if (length > 1 && start is [0x1F, 0x8B, ..])
        {
            throw new UserErrorException($"{path}: a compressed file; unpack it with gunzip");
        }
    }
}
