namespace R1Reward.Actors.Runs.Record;

/// <summary>One line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points from left to right.</param>
/// <param name="Colour">Which of the page's colours it has, from 0; they repeat.</param>
/// <param name="Dashed">Whether it is drawn in dashes.</param>
internal sealed record ChartSeries(
    string Name, IReadOnlyList<(double X, double Y)> Points, int Colour = 0, bool Dashed = false)
{
    /// <summary>Whether each point has a dot; then one point is enough.</summary>
    public bool Dots { get; init; }

    /// <summary>What the legend says after the name; null: the last value.</summary>
    public string? Remark { get; init; }
}
