using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>What charts have in common: their size, the caption, and axes with marks.</summary>
internal static class ChartFrame
{
    // In units of the view box; the page scales it to the width of its column.
    public const double Left = 44;
    public const double Right = Width - 10;
    public const double Top = 8;
    public const double Bottom = Height - 20;

    private const double Width = 360;
    private const double Height = 160;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Begins a figure, up to where its legend stands.</summary>
    public static void AppendCaption(StringBuilder html, string title) =>
        html.Append("<figure><figcaption>").Append(ReportText.Escape(title));

    /// <summary>An entry of the legend.</summary>
    public static void AppendKey(StringBuilder html, int colour, string text, bool dashed = false) => html
        .Append(Invariant, $" <span class=\"key c{colour % ReportText.Colours}")
        .Append(dashed ? " dashed\">" : "\">").Append(ReportText.Escape(text)).Append("</span>");

    /// <summary>Ends the caption and begins the picture with its vertical axis.</summary>
    public static void AppendPicture(StringBuilder html, string title, ChartScale y, Func<double, string> value)
    {
        html.Append("</figcaption>")
            .Append(Invariant, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\">")
            .Append(Invariant, $"<title>{ReportText.Escape(title)}</title>");
        foreach (var tick in AxisTicks.Within(y.Low, y.High))
        {
            html.Append(Invariant, $"<path class=\"axis\" d=\"M{Left} {y.At(tick):0.#}H{Right}\"/>");
            AppendLabel(html, Left - 4, y.At(tick) + 3.5, value(tick), "end");
        }
    }

    /// <summary>The axis below, with marks or, where there are none, round numbers.</summary>
    public static void AppendMarks(
        StringBuilder html, string axis, ChartScale x, IReadOnlyList<(double At, string Label)> marks)
    {
        marks = marks.Count > 0
            ? marks
            : [.. AxisTicks.Within(x.Low, x.High).Select(tick => (tick, tick.ToString("0.###", Invariant)))];
        html.Append(Invariant, $"<path class=\"axis\" d=\"M{Left} {Bottom}H{Right}\"/>");
        foreach (var (at, label) in marks)
        {
            var isLast = at == marks[^1].At;
            var place = x.At(at);
            var anchor = isLast && place > Right - 20 ? "end" : "middle";
            AppendLabel(html, place, Height - 6, isLast ? $"{axis} {label}".Trim() : label, anchor);
        }
    }

    /// <summary>Ends picture and figure.</summary>
    public static void AppendEnd(StringBuilder html) => html.Append("</svg></figure>");

    /// <summary>How values are written: in percent, or as numbers.</summary>
    public static string Value(bool share, double value) =>
        share ? (value * 100).ToString("0.#", Invariant) + " %" : ReportText.Number(value);

    private static void AppendLabel(StringBuilder html, double x, double y, string text, string anchor) => html.Append(
        Invariant, $"<text x=\"{x:0.#}\" y=\"{y:0.#}\" text-anchor=\"{anchor}\">{ReportText.Escape(text)}</text>");
}
