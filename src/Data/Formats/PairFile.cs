using Newtonsoft.Json;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>A data file as read.</summary>
/// <param name="Pairs">Its pairs, in file order.</param>
/// <param name="Format">The format it was read as, never <see cref="PairFormat.Auto"/>.</param>
/// <param name="Skipped">One message per bad row, where skipping was asked for.</param>
/// <param name="MediaMissing">Pairs of which a picture, video or sound is not on disk; their text is still
/// good.</param>
/// <param name="Ignored">Fields that say something and that nothing here reads, with the number of their rows.</param>
public sealed record PairFile(
    IReadOnlyList<PreferencePair> Pairs,
    PairFormat Format,
    IReadOnlyList<string> Skipped,
    IReadOnlyList<PairId> MediaMissing,
    IReadOnlyDictionary<string, int> Ignored)
{
    private const int MaxNamed = 20;

    /// <summary>Rows that are good and hold no pair to use, as their readers say of each set (docs/data.md).</summary>
    public int PassedOver { get; init; }

    /// <summary>Takes in rows until one is bad, and keeps their pairs.</summary>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="name">What messages call the set.</param>
    /// <param name="folder">What relative paths of media start at.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them.</param>
    /// <exception cref="UserErrorException">There are no rows, or one is bad.</exception>
    internal static PairFile Collect(
        IEnumerable<PairFileRow> rows, string name, string folder, bool skipBadRows)
    {
        var pairs = new List<PreferencePair>();
        return Scan(rows, name, folder, skipBadRows, pairs.Add) with { Pairs = pairs };
    }

    /// <summary>Takes in rows until one is bad, and hands their pairs on.</summary>
    /// <param name="rows">The rows, in order.</param>
    /// <param name="name">What messages call the set.</param>
    /// <param name="folder">What relative paths of media start at.</param>
    /// <param name="skipBadRows">Leave bad rows out and report them.</param>
    /// <param name="take">Gets each pair; none is kept.</param>
    /// <exception cref="UserErrorException">There are no rows, or one is bad.</exception>
    internal static PairFile Scan(
        IEnumerable<PairFileRow> rows, string name, string folder, bool skipBadRows, Action<PreferencePair> take)
    {
        var missing = new List<PairId>();
        var skipped = new List<string>();
        var ignored = new Dictionary<string, int>();
        var (format, passedOver, isEmpty) = (PairFormat.Auto, 0, true);
        foreach (var row in rows)
        {
            format = row.Format;
            if (row.Problem is { } problem)
            {
                var message = $"{row.Place}: {problem}";
                skipped.Add(skipBadRows ? message : throw new UserErrorException(message));
                continue;
            }

            foreach (var field in row.Ignored)
            {
                ignored[field] = ignored.GetValueOrDefault(field) + 1;
            }

            passedOver += row.Pairs.Count == 0 ? 1 : 0;
            foreach (var pair in row.Pairs)
            {
                isEmpty = false;
                take(pair);
                if (pair.AllMedia().Any(item => !IsThere(folder, item)))
                {
                    missing.Add(pair.Id);
                }
            }
        }

        if (isEmpty)
        {
            throw new UserErrorException(
                skipped.Count > 0 ? $"{name}: none of its {skipped.Count} rows can be used; the first: {skipped[0]}"
                : passedOver > 0 ? $"{name}: none of its {passedOver} rows holds a pair; are its media there?"
                : $"{name}: the file {PlainFile.NoRows(name)}");
        }

        return new PairFile([], format, skipped, missing, ignored)
        {
            PassedOver = passedOver,
        };
    }

    /// <summary>
    /// The ignored fields as one line for users, for example <c>fields that are not used: margin (12 rows)</c>; null
    /// where there are none.
    /// </summary>
    public string? IgnoredNote
    {
        get
        {
            if (Ignored.Count == 0)
            {
                return null;
            }

            // Names come from the file: quoting keeps control characters off the terminal.
            var named = Ignored
                .OrderBy(ignored => ignored.Key, StringComparer.Ordinal)
                .Take(MaxNamed)
                .Select(ignored => $"{JsonConvert.ToString(ignored.Key)[1..^1]} ({ignored.Value} rows)");
            var rest = Ignored.Count > MaxNamed ? $" and {Ignored.Count - MaxNamed} more" : "";
            return "fields that are not used: " + string.Join(", ", named) + rest;
        }
    }

    private static bool IsThere(string folder, MediaItem item) =>
        DataUri.Matches(item.Path) || Path.Exists(MediaPath.Resolve(item.Path, folder));
}
