using System.Collections.Immutable;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;

namespace R1Reward.Rollout.Voting;

/// <summary>The votes on one pair.</summary>
/// <param name="Pair">The pair.</param>
/// <param name="Choices">
/// What each sample chose, as responses of <paramref name="Pair"/>: in sample order, those with the responses exchanged
/// last; null where a reply names none.
/// </param>
/// <param name="Traces">The samples, in the same order.</param>
/// <param name="Ties">What an even vote means.</param>
public sealed record VoteResult(
    PreferencePair Pair,
    ImmutableArray<Choice?> Choices,
    ImmutableArray<Trace> Traces,
    TieRule Ties)
{
    /// <summary>What each sample says as it was shown, in the same order.</summary>
    public ImmutableArray<Judgment> Judgments { get; init; } = [];

    /// <summary>
    /// Whether each sample was shown the pair with its responses exchanged, so that its text calls the second one 1.
    /// </summary>
    public ImmutableArray<bool> Exchanged { get; init; } = [];

    /// <summary>Why the pair could not be shown to the model; null for a pair that was voted on.</summary>
    public string? Problem { get; init; }

    /// <summary>The count of all votes.</summary>
    public VoteTally Tally => TallyOfFirst(Choices.Length);

    /// <summary>Whether the majority is right; null where the pair has no preferred response.</summary>
    public bool? Correct => Gold is { } gold ? Tally.IsCorrect(gold) : null;

    /// <summary>Whether any vote is right; null where the pair has no preferred response.</summary>
    public bool? AnyCorrect => Gold is { } gold ? Tally.AnyCorrect(gold) : null;

    /// <summary>The response that the pair's label prefers; null for a tie or an unknown label.</summary>
    public Choice? Gold => Pair.Label.Preferred();

    /// <summary>The count of the first votes alone: voting@1, @5 and @15 come from one run of 15.</summary>
    public VoteTally TallyOfFirst(int votes) => VoteTally.Count(Choices.Take(votes), Ties);
}
