using System.Globalization;
using System.Text;

namespace R1Reward.Stability;

/// <summary>Small line charts side by side as one SVG.</summary>
/// <param name="title">Over all of them.</param>
/// <param name="names">One per line, in the order of their colours.</param>
/// <param name="logarithmic">Whether the vertical axis is.</param>
internal sealed class Plot(string title, IReadOnlyList<string> names, bool logarithmic = false)
{
    private const int Width = 230, Height = 150, Left = 46, Top = 62, Gap = 16, Columns = 3;

    // Told apart in print and by colour-blind readers too (Okabe and Ito).
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555"];

    private readonly List<(string Caption, IReadOnlyList<IReadOnlyList<(double X, double Y)>> Lines)> _panels = [];

    /// <summary>Adds a chart: one list of points per name; an empty one is left out.</summary>
    internal void Add(string caption, IReadOnlyList<IReadOnlyList<(double X, double Y)>> lines) => _panels.Add((caption, lines));

    internal string Draw()
    {
        var points = _panels.SelectMany(panel => panel.Lines).SelectMany(line => line).Where(Drawable).ToList();
        if (points.Count == 0)
        {
            points.Add((1, 1));
        }

        var (x0, x1) = (points.Min(point => point.X), points.Max(point => point.X));
        var (y0, y1) = Bounds(points.Min(point => point.Y), points.Max(point => point.Y));
        double Down(double y) => Height * (1 - ((Scale(y) - Scale(y0)) / (Scale(y1) - Scale(y0))));
        double Along(double x) => x1 == x0 ? 0 : Width * (x - x0) / (x1 - x0);

        var rows = (_panels.Count + Columns - 1) / Columns;
        var (width, height) = (Left + (Columns * (Width + Gap)), Top + (rows * (Height + 44)));
        var svg = new StringBuilder();
        Line(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"11\">");
        Line(svg, $"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>");
        Line(svg, $"<text x=\"{Left}\" y=\"18\" font-size=\"14\">{title}</text>");
        for (var i = 0; i < names.Count; i++)
        {
            Line(svg, $"<text x=\"{Left + (i * 150)}\" y=\"38\" fill=\"{Colours[i % Colours.Length]}\">&#9644; {names[i]}</text>");
        }

        for (var p = 0; p < _panels.Count; p++)
        {
            Line(svg, $"<g transform=\"translate({Left + (p % Columns * (Width + Gap))},{Top + (p / Columns * (Height + 44))})\">");
            Line(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"none\" stroke=\"#bbb\"/>");
            Line(svg, $"<text y=\"-5\">{_panels[p].Caption}</text>");
            Line(svg, $"<text y=\"{Height + 14}\">{x0:g3}</text><text x=\"{Width}\" y=\"{Height + 14}\" text-anchor=\"end\">{x1:g3}</text>");
            foreach (var tick in p % Columns == 0 ? Ticks(y0, y1) : [])
            {
                Line(svg, $"<text x=\"-5\" y=\"{Down(tick) + 4:f1}\" text-anchor=\"end\">{tick:g3}</text>");
            }

            foreach (var tick in Ticks(y0, y1))
            {
                Line(svg, $"<line x2=\"{Width}\" y1=\"{Down(tick):f1}\" y2=\"{Down(tick):f1}\" stroke=\"#eee\"/>");
            }

            for (var i = 0; i < _panels[p].Lines.Count; i++)
            {
                var line = string.Join(' ', _panels[p].Lines[i].Where(Drawable).Select(point => string.Create(CultureInfo.InvariantCulture, $"{Along(point.X):f1},{Down(point.Y):f1}")));
                Line(svg, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"{Colours[i % Colours.Length]}\" stroke-width=\"1.5\"/>");
            }

            Line(svg, $"</g>");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Line(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private bool Drawable((double X, double Y) point) => double.IsFinite(point.Y) && (!logarithmic || point.Y > 0);

    private double Scale(double y) => logarithmic ? Math.Log10(y) : y;

    private (double, double) Bounds(double low, double high) => logarithmic
        ? (Math.Pow(10, Math.Floor(Math.Log10(low))), Math.Pow(10, Math.Max(Math.Ceiling(Math.Log10(high)), Math.Floor(Math.Log10(low)) + 1)))
        : (low, high > low ? high : low + 1);

    private IEnumerable<double> Ticks(double low, double high) => logarithmic
        ? Enumerable.Range((int)Math.Round(Math.Log10(low)), (int)Math.Round(Math.Log10(high / low)) + 1).Select(power => Math.Pow(10, power))
        : Enumerable.Range(0, 5).Select(i => low + ((high - low) * i / 4));
}
