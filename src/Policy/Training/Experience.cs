using System.Collections.Immutable;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Training;

/// <summary>One sampled response with what the update needs to know of it.</summary>
/// <example>A response of 73 tokens has 73 old log-probabilities and 73 advantages; a filtered one has advantages of 0.</example>
public sealed record Experience
{
    /// <summary>Token ids of the prompt; at least one.</summary>
    public required ImmutableArray<int> PromptTokens { get; init; }

    /// <summary>Sampled token ids, the end token included when one was sampled.</summary>
    public required ImmutableArray<int> ResponseTokens { get; init; }

    /// <summary>Log-probability of each response token when it was sampled.</summary>
    public required ImmutableArray<float> OldLogProbs { get; init; }

    /// <summary>Advantage of each response token.</summary>
    public required ImmutableArray<float> Advantages { get; init; }

    /// <summary>Pictures and videos of the prompt, in the order of their placeholder tokens.</summary>
    public IReadOnlyList<MediaPatches> Media { get; init; } = [];

    /// <summary>Log-probability of each response token under the frozen reference; empty unless the loss holds a divergence.</summary>
    public ImmutableArray<float> ReferenceLogProbs { get; init; } = [];

    internal TrainingRow Row => TrainingRow.Reply(PromptTokens.AsSpan(), ResponseTokens.AsSpan(), Media);
}
