namespace R1Reward.Rewards.Terms.Length;

/// <summary>Options of the term <c>repetition</c>.</summary>
public sealed record RepetitionOptions
{
    /// <summary>Words per n-gram (<c>words</c>), at least 1. Default 3.</summary>
    public int Words { get; init; } = 3;

    /// <summary>The penalty of endless repetition (<c>max-penalty</c>), at most 0. Default -1.</summary>
    public double MaxPenalty { get; init; } = -1.0;

    /// <summary>Reads the options of an entry.</summary>
    public static RepetitionOptions Read(OptionReader options)
    {
        var usual = new RepetitionOptions();
        return new RepetitionOptions
        {
            Words = options.Whole("words", usual.Words, 1),
            MaxPenalty = options.Number("max-penalty", usual.MaxPenalty, max: 0.0),
        };
    }
}
