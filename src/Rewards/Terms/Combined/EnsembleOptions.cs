namespace R1Reward.Rewards.Terms.Combined;

/// <summary>Options of the term <c>ensemble</c>.</summary>
public sealed record EnsembleOptions
{
    /// <summary>How values become one (<c>combine</c>). Default <see cref="EnsembleCombine.Mean"/>.</summary>
    public EnsembleCombine Combine { get; init; } = EnsembleCombine.Mean;

    /// <summary>Two members agree where their values are at most this far apart (<c>tolerance</c>). Default 0.25.</summary>
    public double Tolerance { get; init; } = 0.25;

    /// <summary>Share of pairs of members that must agree, 0-1 (<c>least-agreement</c>); below it the ensemble has no value. Default 0.</summary>
    public double LeastAgreement { get; init; }

    /// <summary>Reads the options of an entry.</summary>
    public static EnsembleOptions Read(OptionReader options) => new()
    {
        Combine = options.OneOf("combine", EnsembleCombine.Mean),
        Tolerance = options.Number("tolerance", 0.25, 0),
        LeastAgreement = options.Number("least-agreement", 0, 0, 1),
    };
}
