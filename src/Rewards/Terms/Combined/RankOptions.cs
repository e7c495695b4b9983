namespace R1Reward.Rewards.Terms.Combined;

/// <summary>Options of the term <c>rank</c>.</summary>
/// <param name="Of">The reward that is ranked (<c>of</c>), a term of one trace. Required.</param>
public sealed record RankOptions(IPointwiseReward Of)
{
    /// <summary>Reads the options of an entry.</summary>
    public static RankOptions Read(OptionReader options, ITermContext context)
    {
        var entry = options.Entry("of") ?? [];
        return new RankOptions(context.Pointwise(options.Inside("of", entry), entry));
    }
}
