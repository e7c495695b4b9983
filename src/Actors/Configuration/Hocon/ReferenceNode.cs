namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>A substitution, <c>${path}</c> or <c>${?path}</c>.</summary>
/// <param name="path">Keys from the root.</param>
/// <param name="optional">Whether the value may be missing (<c>${?path}</c>).</param>
/// <param name="includedAt">Keys under which the file with the substitution is included; looked below first.</param>
/// <param name="place">Where the substitution begins.</param>
internal sealed class ReferenceNode(
    IReadOnlyList<string> path, bool optional, IReadOnlyList<string> includedAt, HoconPlace place) : HoconNode(place)
{
    /// <summary>Keys from the root.</summary>
    public IReadOnlyList<string> Path { get; } = path;

    /// <summary>Whether the value may be missing.</summary>
    public bool Optional { get; } = optional;

    /// <summary>Keys under which the file with the substitution is included.</summary>
    public IReadOnlyList<string> IncludedAt { get; } = includedAt;
}
