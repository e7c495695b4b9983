namespace R1Reward.Rewards.Terms.Custom;

/// <summary>Options of the term <c>custom</c>.</summary>
/// <param name="Assembly">
/// Path of the .dll (<c>assembly</c>); relative ones start at the rewards' folder. Required.
/// </param>
/// <param name="Class">Full name of the class (<c>class</c>). Required.</param>
/// <param name="Options">What the constructor of the class is given (<c>options</c>). Default none.</param>
public sealed record CustomOptions(string Assembly, string Class, IReadOnlyDictionary<string, string> Options)
{
    /// <summary>Reads the options of an entry.</summary>
    public static CustomOptions Read(OptionReader options) => new(
        options.RequiredText("assembly"),
        options.RequiredText("class"),
        (options.Entry("options") ?? []).Properties()
            .ToDictionary(option => option.Name, option => option.Value.ToString(), StringComparer.Ordinal));
}
