using System.Collections.Immutable;

namespace R1Reward.Policy.Training;

/// <summary>A sampled response with the numbers that the policy update needs, one per response token.</summary>
/// <param name="Row">The prompt with the response, all of whose tokens are targets.</param>
/// <example>
/// A response of 73 tokens has 73 old log-probabilities and 73 advantages; a filtered token has the advantage 0.
/// </example>
public sealed record Experience(TrainingRow Row)
{
    /// <summary>Log-probability of each response token when it was sampled.</summary>
    public required ImmutableArray<float> OldLogProbs { get; init; }

    /// <summary>Advantage of each response token.</summary>
    public required ImmutableArray<float> Advantages { get; init; }

    /// <summary>
    /// Log-probability of each response token under the frozen reference; empty unless the loss holds a divergence.
    /// </summary>
    public ImmutableArray<float> ReferenceLogProbs { get; init; } = [];

    /// <summary>Number of response tokens.</summary>
    internal int Length => OldLogProbs.Length;
}
