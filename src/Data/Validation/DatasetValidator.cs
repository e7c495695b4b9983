using System.IO.Hashing;
using System.Runtime.InteropServices;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Media;

namespace R1Reward.Data.Validation;

/// <summary>
/// Reads a whole data set, one row at a time, and tells everything that is wrong with it. What it keeps of a row is a
/// hash of its id and, where there is a held-out side, one of its content, so that memory stays small; two different
/// pairs are taken for the same with a probability below one in a million for a million rows.
/// </summary>
/// <param name="format">How rows are read.</param>
/// <param name="decodeMedia">Whether pictures are decoded and videos probed; else only their presence counts.</param>
/// <param name="maxProblems">Problems that are kept with their words; the others are counted.</param>
public sealed class DatasetValidator(
    PairFormat format = PairFormat.Auto, bool decodeMedia = true, int maxProblems = 1000)
{
    private readonly List<DataProblem> _problems = [];
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly MediaCheck _media = new(decodeMedia);
    private IProgress<int>? _progress;
    private int _done;

    /// <summary>Reads both sides of a split.</summary>
    /// <param name="train">File, folder or dataset address (<c>source:path</c>).</param>
    /// <param name="heldOut">The same of the held-out side; null where there is none.</param>
    /// <param name="progress">Takes how many rows of both sides are done; null: nobody looks.</param>
    /// <exception cref="UserErrorException">There is no such file.</exception>
    public DatasetReport Run(string train, string? heldOut = null, IProgress<int>? progress = null)
    {
        _progress = progress;
        var trained = new HashSet<ulong>();
        if (heldOut is null)
        {
            return new DatasetReport([Read(train, (_, _) => { })], _problems, _counts);
        }

        SetReport[] sets =
        [
            Read(train, (item, _) => trained.Add(Hash(item.Content))),
            Read(heldOut, (item, place) =>
            {
                if (trained.Contains(Hash(item.Content)))
                {
                    Note("split-leak", place, "the same pair stands in the training file");
                }
            }),
        ];
        return new DatasetReport(sets, _problems, _counts);
    }

    private static ulong Hash(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));

    private SetReport Read(string name, Action<CheckedItem, string> seen)
    {
        var report = new SetReport(name);
        var ids = new HashSet<ulong>();
        foreach (var row in Dataset.ReadRows(name, format))
        {
            report.Rows++;
            if (row.Problem is { } problem)
            {
                Note("row", row.Place, problem);
            }
            else if (row.Pairs.Count == 0)
            {
                report.PassedOver++;
            }

            // Several pairs of one row share its id.
            var inRow = new HashSet<string>();
            foreach (var pair in row.Pairs)
            {
                var item = CheckedItem.From(pair);
                report.Add(pair, item);
                if (inRow.Add(item.Id) && !ids.Add(Hash(item.Id)))
                {
                    Note("duplicate-id", row.Place, $"the id {item.Id} has been given before");
                }

                seen(item, row.Place);
                CheckMedia(item, row.Place);
            }

            _progress?.Report(++_done);
        }

        if (report.Rows == 0)
        {
            Note("file", name, PlainFile.NoRows(name));
        }

        return report;
    }

    private void CheckMedia(CheckedItem item, string place)
    {
        foreach (var medium in item.Media)
        {
            if (_media.ProblemOf(medium) is { } problem)
            {
                var shown = DataUri.Matches(medium.Path) ? "in the row"
                    : medium.Path.Length > 200 ? medium.Path[..200] + "..."
                    : medium.Path;
                Note("media", place, $"{medium.Kind.ToString().ToLowerInvariant()} {shown}: {problem}");
            }
        }
    }

    private void Note(string kind, string place, string message)
    {
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (_problems.Count < maxProblems)
        {
            _problems.Add(new DataProblem(kind, place, message));
        }
    }
}
