using System.Globalization;
using System.Text;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// A time line as an SVG of its own: a row per worker, as high as the items that it has at once, coloured by the update
/// or evaluation that they belong to, neighbours apart.
/// </summary>
internal static class TimeLinePicture
{
    private const double Left = 150;
    private const double Right = 890;
    private const double Row = 34;
    private const double Gap = 16;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private static readonly string[] _colours = ["#2463a8", "#c2571a", "#2e8b57"];

    /// <summary>The picture; times count from the first hand-out.</summary>
    public static string Write(IReadOnlyList<WorkSpan> spans)
    {
        var start = spans.Min(span => span.Begun);
        var x = new ChartScale(0, spans.Max(span => (span.Ended - start).TotalSeconds), Left, Right);
        var workers = spans.GroupBy(span => span.Worker).OrderBy(group => group.Min(span => span.Begun)).ToList();
        var batches = spans.OrderBy(span => span.Begun).Select(span => span.Work.Batch).Distinct().ToList();
        var bottom = Gap + (workers.Count * (Row + Gap));
        var svg = new StringBuilder();
        svg.Append(Invariant, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 900 {bottom + 30}\" ")
            .Append("font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"#777\">");
        foreach (var tick in AxisTicks.Within(x.Low, x.High))
        {
            svg.Append(Invariant, $"<path stroke=\"#8884\" d=\"M{x.At(tick):0.#} {Gap}V{bottom}\"/>")
                .Append(Invariant, $"<text x=\"{x.At(tick):0.#}\" y=\"{bottom + 16}\" text-anchor=\"middle\">")
                .Append(Invariant, $"{tick:0.###} s</text>");
        }

        foreach (var batch in spans.GroupBy(span => span.Work.Batch))
        {
            var place = x.At((batch.Min(span => span.Begun) - start).TotalSeconds);
            svg.Append(Invariant, $"<text x=\"{place:0.#}\" y=\"11\" font-size=\"10\">{batch.Key}</text>");
        }

        for (var i = 0; i < workers.Count; i++)
        {
            var foot = Gap + (i * (Row + Gap)) + Row;
            var most = Heights(workers[i], start).Max(step => step.Items);
            svg.Append(Invariant, $"<text x=\"{Left - 8}\" y=\"{foot - 18}\" text-anchor=\"end\">")
                .Append(Invariant, $"{ReportText.Escape(workers[i].Key.Split('@')[0])}</text>")
                .Append(Invariant, $"<text x=\"{Left - 8}\" y=\"{foot - 4}\" text-anchor=\"end\" font-size=\"10\">")
                .Append(Invariant, $"at most {most} at once</text>");
            foreach (var batch in workers[i].GroupBy(span => span.Work.Batch))
            {
                AppendArea(svg, batch, start, x, foot, Row / most, _colours[batches.IndexOf(batch.Key) % 3]);
            }
        }

        return svg.Append("</svg>").ToString();
    }

    private static void AppendArea(
        StringBuilder svg,
        IGrouping<BatchId, WorkSpan> batch,
        DateTimeOffset start,
        ChartScale x,
        double foot,
        double perItem,
        string colour)
    {
        var begun = x.At((batch.Min(span => span.Begun) - start).TotalSeconds);
        svg.Append(Invariant, $"<path fill=\"{colour}\" fill-opacity=\".8\" stroke=\"{colour}\" ")
            .Append(Invariant, $"d=\"M{begun:0.##} {foot}");
        foreach (var (at, items) in Heights(batch, start))
        {
            svg.Append(Invariant, $"H{x.At(at):0.##}V{foot - (items * perItem):0.#}");
        }

        svg.Append(Invariant, $"Z\"><title>{batch.Key}</title></path>");
    }

    // How many items there are from a moment on.
    private static IEnumerable<(double At, int Items)> Heights(IEnumerable<WorkSpan> spans, DateTimeOffset start)
    {
        var items = 0;
        return spans
            .SelectMany(span => new[] { (At: span.Begun, By: 1), (At: span.Ended, By: -1) })
            .GroupBy(change => change.At)
            .OrderBy(moment => moment.Key)
            .Select(moment => ((moment.Key - start).TotalSeconds, items += moment.Sum(change => change.By)))
            .ToList();
    }
}
