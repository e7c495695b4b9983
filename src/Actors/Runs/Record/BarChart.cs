using System.Globalization;
using System.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>A chart of bars from zero as an inline SVG.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Bars">Its bars from left to right.</param>
internal sealed record BarChart(string Title, IReadOnlyList<ChartBar> Bars)
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>What the axis below counts.</summary>
    public string Axis { get; init; } = "";

    /// <summary>Marks on the axis below; empty: round numbers.</summary>
    public IReadOnlyList<(double At, string Label)> Marks { get; init; } = [];

    /// <summary>Entries of the legend, by colour.</summary>
    public IReadOnlyList<(int Colour, string Text)> Keys { get; init; } = [];

    /// <summary>Whether heights are shares, 0-1, shown in percent of a whole.</summary>
    public bool Shares { get; init; }

    /// <summary>The height of a dashed line across; null for none.</summary>
    public double? Line { get; init; }

    /// <summary>Appends the chart; nothing without bars.</summary>
    public void Append(StringBuilder html)
    {
        if (Bars.Count == 0)
        {
            return;
        }

        var highest = Shares ? 1 : Math.Max(1, Bars.Max(bar => bar.Height));
        var x = new ChartScale(Bars.Min(bar => bar.From), Bars.Max(bar => bar.To), ChartFrame.Left, ChartFrame.Right);
        var y = new ChartScale(0, highest, ChartFrame.Bottom, ChartFrame.Top);
        ChartFrame.AppendCaption(html, Title);
        foreach (var (colour, text) in Keys)
        {
            ChartFrame.AppendKey(html, colour, text);
        }

        ChartFrame.AppendPicture(html, Title, y, value => ChartFrame.Value(Shares, value));
        foreach (var bar in Bars)
        {
            var (left, top) = (x.At(bar.From), y.At(bar.Height));
            html.Append(Invariant, $"<rect class=\"c{bar.Colour % ReportText.Colours}\" ")
                .Append(Invariant, $"x=\"{left:0.#}\" y=\"{top:0.#}\" ")
                .Append(Invariant, $"width=\"{x.At(bar.To) - left:0.#}\" height=\"{ChartFrame.Bottom - top:0.#}\">")
                .Append(Invariant, $"<title>{ChartFrame.Value(Shares, bar.Height)}</title></rect>");
        }

        if (Line is { } across)
        {
            html.Append(Invariant, $"<path class=\"line\" ")
                .Append(Invariant, $"d=\"M{ChartFrame.Left} {y.At(across):0.#}H{ChartFrame.Right}\"/>");
        }

        ChartFrame.AppendMarks(html, Axis, x, Marks);
        ChartFrame.AppendEnd(html);
    }
}
