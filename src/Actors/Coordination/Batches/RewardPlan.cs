using System.Collections.Immutable;
using R1Reward.Data.Judging;

namespace R1Reward.Actors.Coordination.Batches;

/// <summary>How the traces of a batch come to their rewards.</summary>
internal sealed record RewardPlan
{
    /// <summary>The tags that replies are written in.</summary>
    public JudgmentTags Tags { get; init; } = JudgmentTags.Published;

    /// <summary>Whether the judge is asked about each trace that names a response.</summary>
    public bool AskJudge { get; init; }

    /// <summary>How an answer must be written to count.</summary>
    public AnswerReading Answer { get; init; } = AnswerReading.Strict;

    /// <summary>
    /// Whether some terms have <c>async = off</c> and so wait until all traces of the batch are sampled.
    /// </summary>
    public bool LateTerms { get; init; }

    /// <summary>Names of the terms in the order of the configuration, which late terms are put back into.</summary>
    public ImmutableArray<string> TermNames { get; init; } = [];
}
