namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>
/// Values beside each other on one line, of which at least one is a substitution: texts are joined, lists appended,
/// objects merged once the substitutions are known.
/// </summary>
/// <param name="parts">The values in order; the white space between texts is a text of its own.</param>
/// <param name="place">Where the first one begins.</param>
internal sealed class JoinedNode(IReadOnlyList<HoconNode> parts, HoconPlace place) : HoconNode(place)
{
    /// <summary>The values in order.</summary>
    public IReadOnlyList<HoconNode> Parts { get; } = parts;
}
