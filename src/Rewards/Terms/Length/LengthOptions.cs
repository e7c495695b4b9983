namespace R1Reward.Rewards.Terms.Length;

/// <summary>Options of the term <c>length</c>.</summary>
public sealed record LengthOptions
{
    /// <summary>The shortest length that earns all (<c>min</c>), in tokens. Default 0.</summary>
    public int Min { get; init; }

    /// <summary>The longest length that earns all (<c>max</c>), in tokens. Required.</summary>
    public required int Max { get; init; }

    /// <summary>
    /// Tokens outside of the window at which nothing is left (<c>slack</c>). Default 0: nothing outside.
    /// </summary>
    public int Slack { get; init; }

    /// <summary>Reads the options of an entry.</summary>
    public static LengthOptions Read(OptionReader options)
    {
        const int missing = int.MaxValue;
        var usual = new LengthOptions { Max = missing };
        var min = options.Whole("min", usual.Min, 0);
        var max = options.Whole("max", usual.Max, min);
        if (max == missing)
        {
            options.Refuse("max", $"is missing: write the longest length that earns all, {min} tokens or more");
        }

        return new LengthOptions { Min = min, Max = max, Slack = options.Whole("slack", usual.Slack, 0) };
    }
}
