namespace R1Reward.Rewards.Terms.Length;

/// <summary>Options of the term <c>length</c>.</summary>
public sealed record LengthOptions
{
    /// <summary>The shortest length that earns all (<c>min</c>), in tokens. Default 0.</summary>
    public int Min { get; init; }

    /// <summary>The longest length that earns all (<c>max</c>), in tokens. Required.</summary>
    public required int Max { get; init; }

    /// <summary>Tokens outside of the window at which nothing is left (<c>slack</c>). Default 0: nothing outside.</summary>
    public int Slack { get; init; }
}
