using System.IO.Hashing;
using System.Runtime.InteropServices;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Validation;

/// <summary>
/// Reads a whole data set, one row at a time, and tells everything that is wrong with it. What it keeps of a row are
/// two hashes of 8 bytes, so that memory stays small; two different pairs are taken for the same with a probability
/// below one in a million for a million rows.
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

    /// <summary>Reads both sides of a split.</summary>
    /// <param name="train">File, folder or dataset address (<c>source:path</c>).</param>
    /// <param name="heldOut">The same of the held-out side; null where there is none.</param>
    /// <exception cref="UserErrorException">There is no such file.</exception>
    public DatasetReport Run(string train, string? heldOut = null)
    {
        var trained = new HashSet<ulong>();
        var sets = new List<SetReport> { Read(train, (content, _) => trained.Add(content)) };
        if (heldOut is not null)
        {
            sets.Add(Read(heldOut, (content, place) =>
            {
                if (trained.Contains(content))
                {
                    Note("split-leak", place, "the same pair stands in the training file");
                }
            }));
        }

        return new DatasetReport(sets, _problems, _counts);
    }

    private static IEnumerable<(string Place, CheckedItem Item)> Handled(IReadOnlyList<DatasetAddress> parts)
    {
        foreach (var part in parts)
        {
            foreach (var (index, comparison) in part.Handler.Read(part.Path).Index())
            {
                yield return ($"{part.Path}, item {index + 1}", CheckedItem.From(comparison));
            }
        }
    }

    private static ulong Hash(string text) => XxHash3.HashToUInt64(MemoryMarshal.AsBytes(text.AsSpan()));

    private SetReport Read(string path, Action<ulong, string> seen)
    {
        var report = new SetReport(path);
        var ids = new HashSet<ulong>();
        var last = ("", "");
        void Take(string place, CheckedItem item)
        {
            Count(report, item);

            // Several pairs of one row share its id.
            if (item.Id is { } id && last != (place, id) && !ids.Add(Hash(id)))
            {
                Note("duplicate-id", place, $"the id {id} has been given before");
            }

            last = (place, item.Id ?? "");
            seen(Hash(item.Content), place);
            foreach (var medium in item.Media)
            {
                if (_media.ProblemOf(medium) is { } problem)
                {
                    var shown = medium.Path.Length > 200 ? medium.Path[..200] + "..." : medium.Path;
                    Note("media", place, $"{medium.Kind.ToString().ToLowerInvariant()} {shown}: {problem}");
                }
            }
        }

        if (DatasetAddress.Matches(path))
        {
            ReadHandled(DatasetAddress.Parse(path), report, Take);
        }
        else
        {
            ReadPairs(path, report, Take);
        }

        return report;
    }

    private void ReadPairs(string path, SetReport report, Action<string, CheckedItem> take)
    {
        var folder = Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var row in PairReader.ReadRows(path, format))
        {
            report.Rows++;
            if (row.Problem is { } problem)
            {
                Note("row", row.Place, problem);
            }

            foreach (var pair in row.Pairs)
            {
                take(row.Place, CheckedItem.From(pair, folder));
            }
        }

        if (report.Rows == 0)
        {
            Note("file", path, "holds no rows; write one JSON object per line");
        }
    }

    // A wrong row ends a handled set, as it would end a run.
    private void ReadHandled(
        IReadOnlyList<DatasetAddress> parts, SetReport report, Action<string, CheckedItem> take)
    {
        try
        {
            foreach (var (place, item) in Handled(parts))
            {
                report.Rows++;
                take(place, item);
            }
        }
        catch (UserErrorException wrong)
        {
            Note("row", "", wrong.Message);
        }
    }

    private static void Count(SetReport report, CheckedItem item)
    {
        report.Pairs++;
        report.Media += item.Media.Count;
        report.Questions.Add(item.QuestionLength);
        foreach (var length in item.ResponseLengths)
        {
            report.Responses.Add(length);
        }

        if (item.Label is { } label)
        {
            report.Counted[label] = report.Counted.GetValueOrDefault(label) + 1;
        }
        else
        {
            report.Unlabelled++;
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
