using System.Globalization;
using System.Text;
using R1Reward.Data;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>Several runs side by side: their tables in one, their curves over each other.</summary>
/// <param name="runs">The runs, in the order of the columns; their names are distinct.</param>
public sealed class Comparison(IReadOnlyList<RecordedRun> runs)
{
    private const string Unknown = "unknown";

    // The last evaluation of runs of which some had reinforcement learning.
    private const string AtEnd = "at the end";

    /// <summary>Refuses runs whose answers were read differently: their figures measure different things.</summary>
    /// <exception cref="UserErrorException">Which run reads how.</exception>
    public void RequireOneReading()
    {
        var read = runs.Where(run => run.Summary.Reading is not null).ToList();
        if (read.Select(run => run.Summary.Reading).Distinct().Count() > 1)
        {
            var each = string.Join(", ", read.Select(run => $"{run.Name} {run.Summary.Reading}"));
            throw new UserErrorException(
                $"r1reward.judging.answer differs ({each}), and figures of both do not belong into one table. "
                + "Name runs that read answers alike.");
        }
    }

    /// <summary>Names of the runs.</summary>
    public IEnumerable<string> Names => runs.Select(run => run.Name);

    /// <summary>
    /// Rows of the table: what a row is about, and a cell for each run; empty where a run has no such figure.
    /// </summary>
    public IReadOnlyList<(string Title, IReadOnlyList<string> Cells)> Rows =>
    [
        Row("seed", run => run.Seed?.ToString(CultureInfo.InvariantCulture)),
        .. runs.SelectMany(run => run.Summary.Evaluations.Keys.Select(name => (Name: name, run.Summary)))
            .GroupBy(entry => entry.Name, entry => entry.Summary.TitleOf(entry.Name))
            .SelectMany(titles => Evaluation(titles.Key, titles.Distinct().Count() == 1 ? titles.First() : AtEnd)),
        .. Sizes().Select(size => Row($"majority of {size}", run => Share(run.Vote, size))),
        .. Sizes().Select(size => Row($"any correct of {size}", run => Share(run.AnyCorrect, size))),
        Row("seconds", run => run.Seconds.Values.Sum().ToString("0", CultureInfo.InvariantCulture)),
    ];

    /// <summary>The page: table, votes and curves, without scripts or outside files.</summary>
    public string Write()
    {
        var html = new StringBuilder();
        ReportText.AppendHead(html, string.Join(", ", Names));
        html.Append("<h1>").Append(runs.Count).Append(" runs side by side</h1><div class=\"scroll\"><table><tr><th>")
            .AppendJoin("", runs.Select((run, colour) =>
                $"<th><span class=\"key c{colour % ReportText.Colours}\">{ReportText.Escape(run.Name)}</span>"));
        foreach (var (title, cells) in Rows)
        {
            html.Append("</tr><tr><th>").Append(ReportText.Escape(title))
                .AppendJoin("", cells.Select(cell => "<td>" + ReportText.Escape(cell)));
        }

        html.Append("</tr></table></div>");
        ReportCurves.AppendVotes(html, runs);
        ReportCurves.Append(html, runs);
        return html.Append("</main></html>\n").ToString();
    }

    private IEnumerable<(string Title, IReadOnlyList<string> Cells)> Evaluation(string name, string title)
    {
        yield return Of("accuracy", figures => Percent.Format(figures.Accuracy));
        yield return Of("format", figures => Percent.Format(figures.Format));
        yield return Of("consistency", figures => Percent.Format(figures.Consistency));
        yield return Of(
            "mean length", figures => figures.Length?.ToString("0.0", CultureInfo.InvariantCulture) ?? Unknown);

        (string, IReadOnlyList<string>) Of(string figure, Func<EvaluationSummary, string> cell) => Row(
            $"{title}: {figure}",
            run => run.Evaluations.TryGetValue(name, out var figures) ? cell(figures) : null);
    }

    private IEnumerable<int> Sizes() => runs.SelectMany(run => run.Summary.Vote?.Keys ?? []).Distinct().Order();

    private static string? Share(IReadOnlyDictionary<int, double>? shares, int size) =>
        shares is not null && shares.TryGetValue(size, out var share) ? Percent.Format(share) : null;

    private (string Title, IReadOnlyList<string> Cells) Row(string title, Func<RunSummary, string?> cell) =>
        (title, [.. runs.Select(run => cell(run.Summary) ?? "")]);
}
