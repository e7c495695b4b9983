namespace R1Reward.Rewards.Terms.Length;

/// <summary>Options of the term <c>overlong</c>.</summary>
public sealed record OverlongOptions
{
    /// <summary>Tokens that a reply may have (<c>max-tokens</c>). Default: the run's limit.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>
    /// The last tokens before the limit, over which the penalty grows (<c>buffer</c>). Default 1024, or all of a
    /// shorter limit.
    /// </summary>
    public int Buffer { get; init; } = 1024;

    /// <summary>The penalty at the limit (<c>factor</c>), at least 0. Default 1.</summary>
    public double Factor { get; init; } = 1.0;

    /// <summary>Reads the options of an entry; the run's limit comes from the services.</summary>
    public static OverlongOptions Read(OptionReader options, RewardServices services)
    {
        var limit = options.Whole("max-tokens", services.MaxReplyTokens ?? 0, 1);
        if (limit == 0)
        {
            options.Refuse("max-tokens", "is missing: write the tokens that a reply may have");
            limit = 1;
        }

        var usual = new OverlongOptions { MaxTokens = limit };
        return usual with
        {
            Buffer = options.Whole("buffer", Math.Min(limit, usual.Buffer), 1, limit),
            Factor = options.Number("factor", usual.Factor, min: 0),
        };
    }
}
