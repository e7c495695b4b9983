using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>A chart as an inline SVG, under a caption that has the last value of every line.</summary>
internal static class LineChart
{
    // In units of the view box; the page scales it to the width of its column.
    private const double Width = 360;
    private const double Height = 160;
    private const double Left = 44;
    private const double Right = Width - 10;
    private const double Top = 8;
    private const double Bottom = Height - 20;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Appends a chart; nothing where no line has two points.</summary>
    public static void Append(StringBuilder html, Chart chart)
    {
        var lines = chart.Series.Where(series => series.Points.Count > 1).ToList();
        if (lines.Count == 0)
        {
            return;
        }

        var points = lines.SelectMany(series => series.Points).ToList();
        var x = Scale.Over(points.Select(point => point.X), Left, Right);
        var y = Scale.Over(points.Select(point => point.Y), Bottom, Top);
        var title = ReportText.Escape(chart.Title);
        html.Append("<figure><figcaption>").Append(title);
        foreach (var series in lines)
        {
            html.Append(Invariant, $" <span class=\"key c{series.Colour % ReportText.Colours}");
            html.Append(series.Dashed ? " dashed\">" : "\">").Append(ReportText.Escape(series.Name)).Append(' ')
                .Append(Value(chart, series.Points[^1].Y)).Append("</span>");
        }

        html.Append("</figcaption>")
            .Append(Invariant, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">")
            .Append(Invariant, $"<title>{title}</title>");
        foreach (var tick in AxisTicks.Within(y.Low, y.High))
        {
            html.Append(Invariant, $"<path class=\"axis\" d=\"M{Left} {y.At(tick):0.#}H{Right}\"/>");
            AppendLabel(html, Left - 4, y.At(tick) + 3.5, Value(chart, tick), "end");
        }

        AppendMarks(html, chart, x);
        foreach (var series in lines)
        {
            html.Append(Invariant, $"<polyline class=\"c{series.Colour % ReportText.Colours}");
            html.Append(series.Dashed ? " dashed" : "").Append("\" points=\"")
                .AppendJoin(' ', series.Points.Select(point =>
                    string.Create(Invariant, $"{x.At(point.X):0.#},{y.At(point.Y):0.#}")))
                .Append("\"/>");
        }

        html.Append("</svg></figure>");
    }

    private static void AppendMarks(StringBuilder html, Chart chart, Scale x)
    {
        var marks = chart.Marks.Count > 0
            ? chart.Marks
            : [.. AxisTicks.Within(x.Low, x.High).Select(tick => (tick, tick.ToString("0.###", Invariant)))];
        html.Append(Invariant, $"<path class=\"axis\" d=\"M{Left} {Bottom}H{Right}\"/>");
        foreach (var (at, label) in marks)
        {
            var isLast = at == marks[^1].At;
            var place = x.At(at);
            var anchor = isLast && place > Right - 20 ? "end" : "middle";
            AppendLabel(html, place, Height - 6, isLast ? $"{chart.Axis} {label}" : label, anchor);
        }
    }

    private static string Value(Chart chart, double value) =>
        chart.Shares ? (value * 100).ToString("0.#", Invariant) + " %" : ReportText.Number(value);

    private static void AppendLabel(StringBuilder html, double x, double y, string text, string anchor) => html.Append(
        Invariant, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{ReportText.Escape(text)}</text>");

    private readonly record struct Scale(double Low, double High, double Start, double End)
    {
        // A constant figure is drawn as a line through the middle.
        public static Scale Over(IEnumerable<double> values, double start, double end)
        {
            var all = values.ToList();
            var (low, high) = (all.Min(), all.Max());
            return high - low < 1e-9 ? new(low - 0.5, high + 0.5, start, end) : new(low, high, start, end);
        }

        public double At(double value) => Start + ((End - Start) * (value - Low) / (High - Low));
    }
}
