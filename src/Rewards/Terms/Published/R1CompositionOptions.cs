namespace R1Reward.Rewards.Terms.Published;

/// <summary>Options of the term <c>r1</c> and of <see cref="R1Composition"/>.</summary>
public sealed record R1CompositionOptions
{
    /// <summary>How a verdict becomes G (<c>form</c>). Default <see cref="R1Form.Paper"/>.</summary>
    public R1Form Form { get; init; } = R1Form.Paper;

    /// <summary>
    /// Factor of the consistency bonus (<c>consistency-weight</c>). Default 0.5; 0 turns the judge off.
    /// </summary>
    public double ConsistencyWeight { get; init; } = 0.5;

    /// <summary>Factor of the format reward (<c>format-weight</c>). Default 0.5.</summary>
    public double FormatWeight { get; init; } = 0.5;

    /// <summary>Reads the options of an entry.</summary>
    public static R1CompositionOptions Read(OptionReader options)
    {
        var usual = new R1CompositionOptions();
        return new R1CompositionOptions
        {
            Form = options.OneOf("form", usual.Form),
            ConsistencyWeight = options.Number("consistency-weight", usual.ConsistencyWeight, min: 0),
            FormatWeight = options.Number("format-weight", usual.FormatWeight, min: 0),
        };
    }
}
