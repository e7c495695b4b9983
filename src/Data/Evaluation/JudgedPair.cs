using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;

namespace R1Reward.Data.Evaluation;

/// <summary>What a model said about one pair of an evaluation.</summary>
/// <param name="Pair">The pair, as it was shown.</param>
/// <param name="Traces">The sampled replies, one or more.</param>
/// <param name="Judgments">What each of them says, in the same order.</param>
public sealed record JudgedPair(
    PreferencePair Pair, IReadOnlyList<Trace> Traces, IReadOnlyList<Judgment> Judgments);
