using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>A chart as an inline SVG, under a caption that has the last value of every line.</summary>
internal static class LineChart
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Appends a chart; nothing where no line has two points.</summary>
    public static void Append(StringBuilder html, Chart chart)
    {
        var lines = chart.Series.Where(series => series.Points.Count > (series.Dots ? 0 : 1)).ToList();
        if (lines.Count == 0)
        {
            return;
        }

        var points = lines.SelectMany(series => series.Points).ToList();
        var x = ChartScale.Over(points.Select(point => point.X), ChartFrame.Left, ChartFrame.Right);
        var y = ChartScale.Over(points.Select(point => point.Y), ChartFrame.Bottom, ChartFrame.Top);
        ChartFrame.AppendCaption(html, chart.Title);
        foreach (var series in lines)
        {
            var remark = series.Remark ?? ChartFrame.Value(chart.Shares, series.Points[^1].Y);
            ChartFrame.AppendKey(html, series.Colour, $"{series.Name} {remark}".Trim(), series.Dashed);
        }

        ChartFrame.AppendPicture(html, chart.Title, y, value => ChartFrame.Value(chart.Shares, value));
        ChartFrame.AppendMarks(html, chart.Axis, x, chart.Marks);
        foreach (var series in lines)
        {
            AppendLine(html, series, x, y);
        }

        ChartFrame.AppendEnd(html);
    }

    private static void AppendLine(StringBuilder html, ChartSeries series, ChartScale x, ChartScale y)
    {
        var colour = series.Colour % ReportText.Colours;
        html.Append(Invariant, $"<polyline class=\"c{colour}").Append(series.Dashed ? " dashed" : "")
            .Append("\" points=\"")
            .AppendJoin(' ', series.Points.Select(point =>
                string.Create(Invariant, $"{x.At(point.X):0.#},{y.At(point.Y):0.#}")))
            .Append("\"/>");
        foreach (var point in series.Dots ? series.Points : [])
        {
            html.Append(Invariant, $"<circle class=\"c{colour}\" cx=\"{x.At(point.X):0.#}\" ")
                .Append(Invariant, $"cy=\"{y.At(point.Y):0.#}\" r=\"3\"/>");
        }
    }
}
