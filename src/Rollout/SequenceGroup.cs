using System.Collections.Immutable;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Rollout;

/// <summary>Sequences with one prompt, which is computed once for all of them.</summary>
/// <param name="PromptTokens">Their prompt.</param>
/// <param name="Sequences">The samples, none of which has a token yet.</param>
internal sealed record SequenceGroup(ImmutableArray<int> PromptTokens, IReadOnlyList<Sequence> Sequences)
{
    /// <summary>The media of the prompt.</summary>
    public IReadOnlyList<MediaFeatures> Features { get; init; } = [];

    /// <summary>Bytes of the float32 features of all pictures, videos and sounds.</summary>
    public long PatchBytes => Features.Sum(item => (long)item.Values.Length * sizeof(float));

    /// <summary>Maximum of tokens of prompt and output of one of them.</summary>
    public int MaxLength => Sequences.Max(sequence => sequence.MaxLength);
}
