using System.Collections.Immutable;
using R1Reward.Data.Traces;
using R1Reward.Data.Media.Processing;

namespace R1Reward.Policy.Training;

/// <summary>One token sequence and which of its tokens are learned.</summary>
/// <param name="Tokens">Token ids from the start of the prompt.</param>
/// <param name="Targets">
/// True at tokens that count in the loss; the first token never can, for nothing precedes it.
/// </param>
/// <example>Prompt 5 7, reply 9 2: tokens 5 7 9 2, targets false false true true.</example>
public sealed record TrainingRow(ImmutableArray<int> Tokens, ImmutableArray<bool> Targets)
{
    /// <summary>Pictures and videos of the prompt, in the order of their placeholder tokens.</summary>
    public IReadOnlyList<MediaFeatures> Media { get; init; } = [];

    /// <summary>
    /// How many tokens come before the reply; those of them that are targets count less in a supervised loss
    /// (<see cref="SftOptions.PromptWeight"/>).
    /// </summary>
    public int Before { get; init; }

    /// <summary>A prompt that is read and a reply that is learned, its end token included by the caller.</summary>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="reply">The reply's tokens.</param>
    /// <param name="media">Pictures and videos of the prompt.</param>
    /// <param name="learnedBefore">How many tokens at the end of the prompt are learned as the reply is.</param>
    /// <param name="learnsPrompt">Whether the other tokens of the prompt are targets, too.</param>
    public static TrainingRow Reply(
        ReadOnlySpan<int> prompt,
        ReadOnlySpan<int> reply,
        IReadOnlyList<MediaFeatures>? media = null,
        int learnedBefore = 0,
        bool learnsPrompt = false)
    {
        var before = prompt.Length - learnedBefore;
        var targets = new bool[prompt.Length + reply.Length];
        targets.AsSpan(learnsPrompt ? 1 : before).Fill(true);
        return new([.. prompt, .. reply], [.. targets]) { Media = media ?? [], Before = before };
    }

    /// <summary>The prompt of a trace and its sampled tokens, which are learned.</summary>
    public static TrainingRow FromTrace(Trace trace, IReadOnlyList<MediaFeatures>? media = null) =>
        Reply(trace.PromptTokens.AsSpan(), trace.Tokens.AsSpan(), media);

    /// <summary>Number of tokens that can be learned.</summary>
    public int TargetCount => Targets.Skip(1).Count(isTarget => isTarget);

    /// <summary>Those of them that come before the reply.</summary>
    public int TargetsBefore => Targets.Take(Before).Skip(1).Count(isTarget => isTarget);
}
