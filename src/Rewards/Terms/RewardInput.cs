using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;

namespace R1Reward.Rewards.Terms;

/// <summary>One sampled judgment as rewards see it.</summary>
/// <example>
/// A trace that was cut at the limit: <see cref="Reply"/> ends in the middle of the analysis, <see cref="Tokens"/> is
/// the limit, <see cref="Judgment"/> has no choice, <see cref="Verdict"/> is NotAsked.
/// </example>
public sealed record RewardInput
{
    private Judgment? _judgment;

    /// <summary>Identity of the trace, for messages.</summary>
    public required string Id { get; init; }

    /// <summary>The sampled text: untrusted.</summary>
    public required string Reply { get; init; }

    /// <summary>Sampled tokens, the end token included.</summary>
    public required int Tokens { get; init; }

    /// <summary>The pair that was judged, with its label, reference and media.</summary>
    public required PreferencePair Pair { get; init; }

    /// <summary>
    /// The prompt as the judge of the pair saw it, without control tokens; empty where it was not kept.
    /// </summary>
    public string Prompt { get; init; } = "";

    /// <summary>How its answer must be written to count. Default strict.</summary>
    public AnswerReading Answer { get; init; } = AnswerReading.Strict;

    /// <summary>What the consistency judge said.</summary>
    public ConsistencyVerdict Verdict { get; init; } = ConsistencyVerdict.NotAsked;

    /// <summary>Why it said nothing; null when it did or was not asked.</summary>
    public string? JudgeReason { get; init; }

    /// <summary>The reply as read; read once.</summary>
    public Judgment Judgment => _judgment ??= JudgmentParser.Parse(Reply, Answer);
}
