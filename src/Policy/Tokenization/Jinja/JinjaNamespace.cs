namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// The value of <c>namespace(...)</c>: the one kind of value whose attributes a template can set, also from within a
/// loop.
/// </summary>
internal sealed class JinjaNamespace
{
    /// <summary>The attributes by name.</summary>
    public Dictionary<string, object?> Attributes { get; } = [];
}
