namespace R1Reward.Actors.Runs.Record;

/// <summary>A figure of a report.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Series">Its lines; those of fewer than two points are not drawn.</param>
internal sealed record Chart(string Title, IReadOnlyList<ChartSeries> Series)
{
    /// <summary>What the axis below counts.</summary>
    public string Axis { get; init; } = "step";

    /// <summary>Marks on the axis below; empty: round numbers.</summary>
    public IReadOnlyList<(double At, string Label)> Marks { get; init; } = [];

    /// <summary>Whether values are shares, 0-1, shown in percent.</summary>
    public bool Shares { get; init; }
}
