using System.Globalization;
using System.Text;

namespace R1Reward.Stability;

/// <summary>Small line charts side by side as one SVG.</summary>
/// <param name="title">Stands over all of them.</param>
/// <param name="names">One per line, in the order of their colours.</param>
/// <param name="logarithmic">Whether the vertical axis is.</param>
/// <param name="ownScales">Whether each chart has axes of its own: they show different figures.</param>
internal sealed class Plot(
    string title, IReadOnlyList<string> names, bool logarithmic = false, bool ownScales = false)
{
    private const int Width = 230;
    private const int Height = 150;
    private const int Left = 46;
    private const int Top = 62;
    private const int Columns = 3;

    // Told apart in print and by colour-blind readers too (Okabe and Ito).
    private static readonly string[] Colours = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#555555"];

    private readonly int _gap = ownScales ? Left : 16;
    private readonly List<(string Caption, IReadOnlyList<IReadOnlyList<(double X, double Y)>> Lines)> _panels = [];

    /// <summary>Adds a chart: one list of points per name; an empty one is left out.</summary>
    internal void Add(string caption, IReadOnlyList<IReadOnlyList<(double X, double Y)>> lines) =>
        _panels.Add((caption, lines));

    internal string Draw()
    {
        var points = PointsOf(_panels);
        var (x0, x1) = (points.Min(point => point.X), points.Max(point => point.X));
        var (y0, y1) = Bounds(points);
        double Down(double y) => Height * (1 - ((Scale(y) - Scale(y0)) / (Scale(y1) - Scale(y0))));
        double Along(double x) => x1 == x0 ? 0 : Width * (x - x0) / (x1 - x0);
        string Place((double X, double Y) point) =>
            string.Create(CultureInfo.InvariantCulture, $"{Along(point.X):f1},{Down(point.Y):f1}");

        var rows = (_panels.Count + Columns - 1) / Columns;
        var width = Left + (Columns * (Width + _gap));
        var height = Top + (rows * (Height + 44));
        var svg = new StringBuilder();
        Text(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" ");
        Line(svg, $"font-family=\"sans-serif\" font-size=\"11\">");
        Line(svg, $"<rect width=\"{width}\" height=\"{height}\" fill=\"white\"/>");
        Line(svg, $"<text x=\"{Left}\" y=\"18\" font-size=\"14\">{title}</text>");
        for (var i = 0; i < names.Count; i++)
        {
            Line(svg, $"<text x=\"{Left + (i * 150)}\" y=\"38\" fill=\"{Colour(i)}\">&#9644; {names[i]}</text>");
        }

        for (var p = 0; p < _panels.Count; p++)
        {
            if (ownScales)
            {
                points = PointsOf([_panels[p]]);
                (x0, x1) = (points.Min(point => point.X), points.Max(point => point.X));
                (y0, y1) = Bounds(points);
            }

            var x = Left + (p % Columns * (Width + _gap));
            var y = Top + (p / Columns * (Height + 44));
            Line(svg, $"<g transform=\"translate({x},{y})\">");
            Line(svg, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"none\" stroke=\"#bbb\"/>");
            Line(svg, $"<text y=\"-5\">{_panels[p].Caption}</text>");
            Text(svg, $"<text y=\"{Height + 14}\">{x0:g4}</text>");
            Line(svg, $"<text x=\"{Width}\" y=\"{Height + 14}\" text-anchor=\"end\">{x1:g4}</text>");
            foreach (var tick in ownScales || p % Columns == 0 ? Ticks(y0, y1) : [])
            {
                var label = Math.Round(tick, 6);
                Line(svg, $"<text x=\"-5\" y=\"{Down(tick) + 4:f1}\" text-anchor=\"end\">{label:g3}</text>");
            }

            foreach (var tick in Ticks(y0, y1))
            {
                Line(svg, $"<line x2=\"{Width}\" y1=\"{Down(tick):f1}\" y2=\"{Down(tick):f1}\" stroke=\"#eee\"/>");
            }

            for (var i = 0; i < _panels[p].Lines.Count; i++)
            {
                var line = string.Join(' ', _panels[p].Lines[i].Where(Drawable).Select(Place));
                Line(svg, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"{Colour(i)}\" stroke-width=\"1.5\"/>");
            }

            Line(svg, $"</g>");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static string Colour(int line) => Colours[line % Colours.Length];

    private static void Text(StringBuilder svg, FormattableString text) =>
        svg.Append(text.ToString(CultureInfo.InvariantCulture));

    private static void Line(StringBuilder svg, FormattableString text)
    {
        Text(svg, text);
        svg.Append('\n');
    }

    private bool Drawable((double X, double Y) point) => double.IsFinite(point.Y) && (!logarithmic || point.Y > 0);

    private double Scale(double y) => logarithmic ? Math.Log10(y) : y;

    private List<(double X, double Y)> PointsOf(
        IEnumerable<(string Caption, IReadOnlyList<IReadOnlyList<(double X, double Y)>> Lines)> panels)
    {
        var points = panels.SelectMany(panel => panel.Lines).SelectMany(line => line).Where(Drawable).ToList();
        return points.Count > 0 ? points : [(1, 1)];
    }

    private (double Low, double High) Bounds(List<(double X, double Y)> points)
    {
        var (low, high) = (points.Min(point => point.Y), points.Max(point => point.Y));
        if (!logarithmic)
        {
            return (low, high > low ? high : low + 1);
        }

        var lowPower = Math.Floor(Math.Log10(low));
        var highPower = Math.Max(Math.Ceiling(Math.Log10(high)), lowPower + 1);
        return (Math.Pow(10, lowPower), Math.Pow(10, highPower));
    }

    private IEnumerable<double> Ticks(double low, double high)
    {
        if (!logarithmic)
        {
            return Enumerable.Range(0, 5).Select(i => low + ((high - low) * i / 4));
        }

        var lowPower = (int)Math.Round(Math.Log10(low));
        var powers = (int)Math.Round(Math.Log10(high / low));
        return Enumerable.Range(lowPower, powers + 1).Select(power => Math.Pow(10, power));
    }
}
