using Newtonsoft.Json.Linq;
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
    /// <param name="path">A JSONL file, or a JSON file that holds one list.</param>
    /// <param name="format">How to read the rows.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them in <see cref="PairFile.Skipped"/>.</param>
    /// <exception cref="UserErrorException">The file is missing or empty, its format is not known, or a row is
    /// bad.</exception>
    public static PairFile Read(string path, PairFormat format = PairFormat.Auto, bool skipBadRows = false)
    {
        if (!File.Exists(path))
        {
            throw new UserErrorException($"{path}: no such file; give a JSONL file of preference pairs");
        }

        var (pairs, skipped) = (new List<PreferencePair>(), new List<string>());
        var index = 0;
        foreach (var (line, row, problem) in JsonRows.Read(path))
        {
            try
            {
                var fields = row ?? throw new RowException(problem!);
                format = format == PairFormat.Auto ? Recognise(fields) : format;
                pairs.Add(Pair(fields, index, format));
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
            [.. pairs.Where(pair => pair.Media.Any(item => !IsThere(folder, item))).Select(pair => pair.Id)]);
    }

    private static bool IsThere(string folder, MediaItem item) =>
        DataUri.Matches(item.Path) || Path.Exists(Path.Combine(folder, item.Path));

    private static PairFormat Recognise(JObject row) =>
        row.ContainsKey("response1") && row.ContainsKey("response2") ? PairFormat.Pairs
        : row.ContainsKey("message") && row.ContainsKey("answer") ? PairFormat.R1Reward
        : row.ContainsKey("chosen") && row.ContainsKey("rejected") ? ChosenRow.Recognise(row)
        : throw new RowException(
            "the fields are none of a known format (question, response1, response2; or message, answer; or prompt, "
                + "chosen, rejected); name the format");

    private static PreferencePair Pair(JObject row, int index, PairFormat format) => format switch
    {
        PairFormat.Pairs => PairRow.Read(row, index),
        PairFormat.R1Reward => R1RewardRow.Read(row, index),
        PairFormat.VlRewardbench or PairFormat.MmRlhf => ChosenRow.Read(row, index, format),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, null),
    };
}
