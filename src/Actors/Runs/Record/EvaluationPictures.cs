using System.Globalization;
using System.Text;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Text;

namespace R1Reward.Actors.Runs.Record;

/// <summary>What an evaluation found, as pictures.</summary>
internal static class EvaluationPictures
{
    private const int Right = 2;
    private const int Wrong = 5;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>Appends all pictures of an evaluation in a grid.</summary>
    public static void Append(StringBuilder html, EvaluationResult result)
    {
        html.Append("<div class=\"grid\">");
        foreach (var (name, head) in result.Heads)
        {
            if (head.Figures.Gaps is { } gaps)
            {
                AppendGaps(html, name, gaps);
            }

            if (head.Scores is { } scores)
            {
                AppendScores(html, name, scores);
            }
        }

        if (result.Calibration is { } calibration)
        {
            AppendReliability(html, calibration);
        }

        if (result.Places is { } places)
        {
            AppendPlaces(html, places);
        }

        html.Append("</div>");
    }

    /// <summary>
    /// How much more the preferred responses get than the others: bars left of 0 are pairs that a head has wrong.
    /// </summary>
    public static void AppendGaps(StringBuilder html, string head, Histogram gaps)
    {
        var chart = Histogram($"Reward gap of {head}", gaps, centre => centre < 0 ? Wrong : Right, "gap");
        (chart with { Keys = [(Right, "right"), (Wrong, "wrong")] }).Append(html);
    }

    /// <summary>How the scores of all responses are spread.</summary>
    public static void AppendScores(StringBuilder html, string head, Histogram scores) =>
        Histogram($"Scores of {head}", scores, _ => 0, "score").Append(html);

    /// <summary>Accuracy over confidence; on the dashed line a judge is right as often as it is sure.</summary>
    public static void AppendReliability(StringBuilder html, Calibration calibration)
    {
        var points = calibration.Bins.Select(bin => (bin.Confidence, bin.Accuracy)).ToList();
        var error = $"expected error {Percent.Format(calibration.Error)} over {calibration.Pairs} pairs";
        LineChart.Append(html, new Chart("Accuracy by confidence", [
            new ChartSeries("judge:", points) { Dots = true, Remark = error },
            new ChartSeries("as sure as right", [(0.5, 0.5), (1, 1)], Colour: 1, Dashed: true) { Remark = "" },
        ])
        {
            Axis = "confidence",
            Marks = [.. new[] { 0.5, 0.6, 0.7, 0.8, 1 }.Select(at => (at, at.ToString("0 %", Invariant)))],
            Shares = true,
        });
    }

    /// <summary>Whether the place of a response sways the judge.</summary>
    public static void AppendPlaces(StringBuilder html, PlaceFigures places)
    {
        (string Label, double? Share, int Colour)[] bars =
        [
            ("shown first", places.PreferredFirst, 0),
            ("shown second", places.PreferredSecond, 0),
            ("named first", places.NamesFirst, 1),
        ];
        var same = places.Both is { } both
            ? $"; the same response in both orders {Percent.Format(both.SameResponse)} of {both.Pairs} pairs"
            : "";
        var known = bars.Where(bar => bar.Share is not null).ToList();
        new BarChart(
            "Position bias" + same,
            [.. known.Index().Select(bar => new ChartBar(
                bar.Index + 0.08, bar.Index + 0.92, bar.Item.Share!.Value, bar.Item.Colour))])
        {
            Marks = [.. known.Index().Select(bar => (
                bar.Index + 0.5, $"{bar.Item.Label} {Percent.Format(bar.Item.Share)}"))],
            Keys =
            [
                (0, "single votes that are right, by where the preferred response is shown"),
                (1, "votes for the first place"),
            ],
            Shares = true,
            Line = 0.5,
        }.Append(html);
    }

    private static BarChart Histogram(string title, Histogram values, Func<double, int> colour, string axis) => new(
        string.Create(
            Invariant, $"{title}: mean {values.Mean:0.###}, deviation {values.Deviation:0.###}, N {values.Total}"),
        [.. values.Counts.Select((count, bin) => new ChartBar(
            values.Edges[bin],
            values.Edges[bin + 1],
            count,
            colour((values.Edges[bin] + values.Edges[bin + 1]) / 2)))])
    {
        Axis = axis,
    };
}
