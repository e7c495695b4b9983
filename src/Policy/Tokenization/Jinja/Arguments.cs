namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The arguments of a call, a filter or a test.</summary>
/// <param name="Positional">Arguments without a name, in order.</param>
/// <param name="Named">Arguments with a name.</param>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    /// <summary>The arguments of a call without any.</summary>
    public static Arguments None { get; } = new([], new Dictionary<string, object?>());

    /// <summary>An argument that may be left out.</summary>
    public object? Get(int place, string name, object? otherwise = null) =>
        place < Positional.Count ? Positional[place] : Named.GetValueOrDefault(name, otherwise);

    /// <summary>An argument that must be there.</summary>
    /// <exception cref="JinjaException">It is not.</exception>
    public object? Require(int place, string name) => place < Positional.Count || Named.ContainsKey(name)
        ? Get(place, name)
        : throw new JinjaException($"the argument {name} is missing");

    /// <summary>A text that must be there.</summary>
    /// <exception cref="JinjaException">It is not, or is no string.</exception>
    public MarkedText Text(int place, string name) => Require(place, name) as MarkedText
        ?? throw new JinjaException($"the argument {name} is no string");

    /// <summary>A whole number that may be left out.</summary>
    public long Whole(int place, string name, long otherwise) => Get(place, name, otherwise) switch
    {
        long number => number,
        bool flag => flag ? 1 : 0,
        _ => throw new JinjaException($"the argument {name} is no whole number"),
    };

    /// <summary>A yes or no that may be left out.</summary>
    public bool Flag(int place, string name) => Operators.IsTrue(Get(place, name, false));
}
