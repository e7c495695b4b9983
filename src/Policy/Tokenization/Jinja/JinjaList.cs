namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>A list, or a tuple: the same but for how it prints and compares.</summary>
/// <param name="Items">The values in order.</param>
/// <param name="IsTuple">Whether it is a tuple.</param>
internal sealed record JinjaList(IReadOnlyList<object?> Items, bool IsTuple = false);
