using System.Collections.Immutable;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Traces;

/// <summary>One sampled judgment as the generation engine produced it.</summary>
/// <example>
/// Prompt of 41 tokens, 73 sampled tokens of which the last is the end token: <see cref="Tokens"/> and
/// <see cref="LogProbs"/> have 73 entries, <see cref="Finish"/> is Stop. A trace cut at the limit has no end token.
/// </example>
public sealed record Trace
{
    /// <summary>Identity of the sample within a run: pair, sample number and step.</summary>
    public required string Id { get; init; }

    /// <summary>The pair that was judged.</summary>
    public required PairId Pair { get; init; }

    /// <summary>Media that the prompt shows, in the order of their placeholder tokens; empty for text.</summary>
    public IReadOnlyList<MediaItem> Media { get; init; } = [];

    /// <summary>Token ids of the rendered prompt, each medium's placeholder as often as it has tokens.</summary>
    public required ImmutableArray<int> PromptTokens { get; init; }

    /// <summary>Sampled token ids, the end token included when one was sampled.</summary>
    public required ImmutableArray<int> Tokens { get; init; }

    /// <summary>
    /// Natural log-probability of each sampled token under the sampling policy, at temperature 1 and before any filter.
    /// </summary>
    public required ImmutableArray<float> LogProbs { get; init; }

    /// <summary>
    /// The same in the distribution that each token was drawn from, after penalty, temperature and filters; empty where
    /// nothing was processed, so that both are equal.
    /// </summary>
    public ImmutableArray<float> ProcessedLogProbs { get; init; } = [];

    /// <summary>The sampled text, special tokens left out.</summary>
    public required string Text { get; init; }

    /// <summary>Why sampling ended: at the end token or at the limit.</summary>
    public required FinishReason Finish { get; init; }

    /// <summary>The weights that sampled it.</summary>
    public required PolicyVersion Version { get; init; }
}
