namespace R1Reward.Rewards.Terms.Combined;

/// <summary>Options of the term <c>ensemble</c>.</summary>
public sealed record EnsembleOptions
{
    /// <summary>The rewards that are combined (<c>members</c>), at least two.</summary>
    public required IReadOnlyList<WeightedReward> Members { get; init; }

    /// <summary>How values become one (<c>combine</c>). Default <see cref="EnsembleCombine.Mean"/>.</summary>
    public EnsembleCombine Combine { get; init; } = EnsembleCombine.Mean;

    /// <summary>
    /// Two members agree where their values are at most this far apart (<c>tolerance</c>). Default 0.25.
    /// </summary>
    public double Tolerance { get; init; } = 0.25;

    /// <summary>
    /// Share of pairs of members that must agree, 0-1 (<c>least-agreement</c>); below it the ensemble has no value.
    /// Default 0.
    /// </summary>
    public double LeastAgreement { get; init; }

    /// <summary>Reads the options of an entry.</summary>
    public static EnsembleOptions Read(OptionReader options, ITermContext context)
    {
        var entries = options.Entries("members");
        if (entries.Count < 2)
        {
            options.Refuse("members", "write at least two entries");
        }

        var members = entries.Select((entry, i) =>
            WeightedReward.Read(options.Inside($"members[{i}]", entry), entry, context, minWeight: 0));
        var usual = new EnsembleOptions { Members = [.. members] };
        return usual with
        {
            Combine = options.OneOf("combine", usual.Combine),
            Tolerance = options.Number("tolerance", usual.Tolerance, min: 0),
            LeastAgreement = options.Number("least-agreement", usual.LeastAgreement, min: 0, max: 1),
        };
    }
}
