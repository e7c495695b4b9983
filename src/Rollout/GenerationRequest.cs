using System.Collections.Immutable;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Rollout.Sampling;

namespace R1Reward.Rollout;

/// <summary>One prompt to sample from.</summary>
/// <example>
/// Id <c>step-12/scenes-000017</c> with 3 samples gives the traces <c>step-12/scenes-000017/0</c> to <c>/2</c>. The
/// prompt is computed once for all of them.
/// </example>
public sealed record GenerationRequest
{
    /// <summary>Identity within a run; the samples' ids are this, a slash and their number.</summary>
    public required string Id { get; init; }

    /// <summary>The pair that is judged.</summary>
    public required PairId Pair { get; init; }

    /// <summary>Token ids of the rendered prompt.</summary>
    public required ImmutableArray<int> PromptTokens { get; init; }

    /// <summary>What the prompt shows, as the traces name it.</summary>
    public IReadOnlyList<MediaItem> Media { get; init; } = [];

    /// <summary>What the model's towers take of <see cref="Media"/>.</summary>
    public IReadOnlyList<MediaFeatures> Features { get; init; } = [];

    /// <summary>How many traces to sample.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>
    /// Sample k draws its token t from (this seed, k, t) alone: nothing else in the batch changes it.
    /// </summary>
    public required long Seed { get; init; }

    /// <summary>How tokens are chosen, and when a sample ends.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>Called on the engine's thread with each token as it is sampled; null: there is no listener.</summary>
    public Action<StreamedToken>? OnToken { get; init; }

    /// <summary>How many of the likeliest tokens <see cref="OnToken"/> receives beside the sampled one.</summary>
    public int TopLogProbs { get; init; }
}
