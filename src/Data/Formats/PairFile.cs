using Newtonsoft.Json;
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
}
