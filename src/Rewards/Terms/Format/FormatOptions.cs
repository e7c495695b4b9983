namespace R1Reward.Rewards.Terms.Format;

/// <summary>Options of the term <c>format</c>.</summary>
public sealed record FormatOptions
{
    /// <summary>What counts as well formed (<c>mode</c>). Default <see cref="FormatMode.Strict"/>.</summary>
    public FormatMode Mode { get; init; } = FormatMode.Strict;

    /// <summary>Reads the options of an entry.</summary>
    public static FormatOptions Read(OptionReader options) => new()
    {
        Mode = options.OneOf("mode", new FormatOptions().Mode),
    };
}
