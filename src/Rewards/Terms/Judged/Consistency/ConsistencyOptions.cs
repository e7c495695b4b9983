using R1Reward.Rewards.Terms.Published;

namespace R1Reward.Rewards.Terms.Judged.Consistency;

/// <summary>Options of the term <c>consistency</c>.</summary>
public sealed record ConsistencyOptions
{
    /// <summary>How a verdict is valued (<c>form</c>). Default <see cref="R1Form.Paper"/>.</summary>
    public R1Form Form { get; init; } = R1Form.Paper;

    /// <summary>Reads the options of an entry.</summary>
    public static ConsistencyOptions Read(OptionReader options) => new()
    {
        Form = options.OneOf("form", new ConsistencyOptions().Form),
    };
}
