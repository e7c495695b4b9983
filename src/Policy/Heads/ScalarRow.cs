using System.Collections.Immutable;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Heads;

/// <summary>One text that is scored, for example a question with its response.</summary>
/// <param name="Tokens">Token ids, at least one.</param>
public sealed record ScalarRow(ImmutableArray<int> Tokens)
{
    /// <summary>Pictures and videos, in the order of their placeholder tokens.</summary>
    public IReadOnlyList<MediaFeatures> Media { get; init; } = [];
}
