using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>One curve as an inline SVG, with its extremes and its last value.</summary>
internal static class LineChart
{
    // In units of the view box; the page scales it to the width of its column.
    private const double Width = 360;
    private const double Height = 130;
    private const double Left = 44;
    private const double Right = Width - 6;
    private const double Top = 8;
    private const double Bottom = Height - 18;

    /// <summary>Appends a chart; nothing where there are fewer than two points.</summary>
    public static void Append(StringBuilder html, string title, IReadOnlyList<(double Step, double Value)> points)
    {
        if (points.Count < 2)
        {
            return;
        }

        var (first, last) = (points[0].Step, points[^1].Step);
        var (low, high) = Range(points);
        var heading = ReportText.Escape(title);
        var invariant = CultureInfo.InvariantCulture;
        html.Append("<figure><figcaption>").Append(heading).Append(": ")
            .Append(ReportText.Number(points[^1].Value)).Append("</figcaption>")
            .Append(invariant, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">")
            .Append(invariant, $"<title>{heading}, steps {first} to {last}</title>")
            .Append(invariant, $"<path class=\"axis\" d=\"M{Left} {Top}V{Bottom}H{Right}\"/>");
        AppendLabel(html, Left - 4, Top + 8, ReportText.Number(high), atEnd: true);
        AppendLabel(html, Left - 4, Bottom, ReportText.Number(low), atEnd: true);
        AppendLabel(html, Left, Height - 4, first.ToString(invariant), atEnd: false);
        AppendLabel(html, Right, Height - 4, "step " + last.ToString(invariant), atEnd: true);
        html.Append("<polyline points=\"")
            .AppendJoin(' ', points.Select(Place))
            .Append("\"/></svg></figure>");

        string Place((double Step, double Value) point) =>
            string.Create(invariant, $"{X(point.Step):0.#},{Y(point.Value):0.#}");

        double X(double step) => Left + ((Right - Left) * (step - first) / Math.Max(1e-9, last - first));

        double Y(double value) => Top + ((Bottom - Top) * (high - value) / (high - low));
    }

    // A constant figure is drawn as a line through the middle.
    private static (double Low, double High) Range(IReadOnlyList<(double Step, double Value)> points)
    {
        var low = points.Min(point => point.Value);
        var high = points.Max(point => point.Value);
        return high - low < 1e-9 ? (low - 0.5, high + 0.5) : (low, high);
    }

    private static void AppendLabel(StringBuilder html, double x, double y, string text, bool atEnd)
    {
        var anchor = atEnd ? " text-anchor=\"end\"" : "";
        html.Append(CultureInfo.InvariantCulture, $"<text x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>");
    }
}
