using R1Reward.Actors.Coordination.Batches;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>What an evaluation over held-out pairs found. Shares are 0-1; null where nothing was counted.</summary>
internal sealed record EvaluationFigures
{
    /// <summary>How many pairs were judged.</summary>
    public required int Pairs { get; init; }

    /// <summary>How often each pair was judged.</summary>
    public required int SamplesPerPair { get; init; }

    /// <summary>Share of samples that name the preferred response; unreadable ones count as wrong.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Share of samples that pass the strict format check.</summary>
    public required double Format { get; init; }

    /// <summary>
    /// Share of decided samples whose analysis supports their answer, by the judge; null when none was decided.
    /// </summary>
    public required double? Consistency { get; init; }

    /// <summary>Mean length of a reply in tokens.</summary>
    public required double Length { get; init; }

    /// <summary>Share of samples that name no response.</summary>
    public required double Unreadable { get; init; }

    /// <summary>Samples on which the judge was asked.</summary>
    public int Asked { get; init; }

    /// <summary>Samples on which the judge did not decide.</summary>
    public required int Undecided { get; init; }

    /// <summary>Why the judge did not decide, for one of those samples; null where there is none.</summary>
    public string? UndecidedReason { get; init; }

    /// <summary>Pairs that could not be shown to the model and are not counted in any other figure.</summary>
    public int LeftOut { get; init; }

    /// <summary>Mean of each reward term's raw values, by name; terms without any value are left out.</summary>
    public IReadOnlyDictionary<string, double> Rewards { get; init; } = new Dictionary<string, double>();

    /// <summary>What the configured evaluators found.</summary>
    public OwnFigures Own { get; init; } = OwnFigures.None;

    /// <summary>
    /// Whether the place of a response sways the judgment; null where pairs were not judged in both orders.
    /// </summary>
    public PositionBias? Position { get; init; }

    /// <summary>
    /// Majority-vote accuracy by number of votes: the mean over disjoint groups of that many samples of each pair.
    /// </summary>
    public required IReadOnlyDictionary<int, double> Vote { get; init; }

    /// <summary>Share of pairs with at least one right sample among k, over the same groups.</summary>
    public required IReadOnlyDictionary<int, double> AnyCorrect { get; init; }

    /// <summary>Computes the figures of an evaluation.</summary>
    /// <param name="traces">Traces with their rewards, those of one pair next to each other.</param>
    /// <param name="ties">What a tied vote counts as.</param>
    public static EvaluationFigures Compute(IReadOnlyList<JudgedTrace> traces, TieRule ties)
    {
        var pairs = traces.GroupBy(judged => judged.Group).Select(group => group.ToList()).ToList();
        var samplesPerPair = pairs.Count == 0 ? 0 : pairs.Min(pair => pair.Count);
        var voteSizes = VoteSizes(samplesPerPair);
        return new EvaluationFigures
        {
            Pairs = pairs.Count,
            SamplesPerPair = samplesPerPair,
            Accuracy = Share(traces, IsRight),
            Format = Share(traces, judged => judged.Judgment.WellFormed),
            Consistency = ConsistentShare(traces),
            Length = traces.Count == 0 ? 0 : traces.Average(judged => judged.Trace.Tokens.Length),
            Unreadable = Share(traces, judged => judged.Judgment.Choice is null),
            Asked = traces.Count(judged => judged.Verdict != ConsistencyVerdict.NotAsked),
            Undecided = traces.Count(judged => judged.Verdict == ConsistencyVerdict.Undecided),
            UndecidedReason = traces
                .FirstOrDefault(judged => judged.Verdict == ConsistencyVerdict.Undecided)?.JudgeReason,
            Rewards = MeanTerms(traces),
            Position = PositionBias.FromJudgments(pairs.Select(pair => (pair[0].Pair.Id, pair[0].Judgment.Choice))),
            Vote = voteSizes.ToDictionary(
                size => size, size => ShareOfVotes(pairs, size, votes => IsWon(votes, ties))),
            AnyCorrect = voteSizes.ToDictionary(
                size => size, size => ShareOfVotes(pairs, size, votes => votes.Any(IsRight))),
        };
    }

    private static double? ConsistentShare(IReadOnlyList<JudgedTrace> traces)
    {
        var consistent = traces.Count(judged => judged.Verdict == ConsistencyVerdict.Consistent);
        var inconsistent = traces.Count(judged => judged.Verdict == ConsistencyVerdict.Inconsistent);
        var decided = consistent + inconsistent;
        return decided == 0 ? null : consistent / (double)decided;
    }

    private static Dictionary<string, double> MeanTerms(IReadOnlyList<JudgedTrace> traces) => traces
        .SelectMany(judged => judged.Reward?.Terms ?? [])
        .Where(term => term.Value is not null)
        .GroupBy(term => term.Name)
        .ToDictionary(term => term.Key, term => term.Average(score => score.Value!.Value));

    private static int[] VoteSizes(int samplesPerPair) =>
        [.. new[] { 1, 5, 15, samplesPerPair }.Where(size => size > 0 && size <= samplesPerPair).Distinct().Order()];

    // The mean over disjoint groups of so many samples of one pair; samples that do not fill a group are left over.
    private static double ShareOfVotes(
        IEnumerable<List<JudgedTrace>> pairs, int size, Func<IReadOnlyList<JudgedTrace>, bool> holds) => pairs
        .SelectMany(pair => pair.Chunk(size))
        .Where(votes => votes.Length == size)
        .Average(votes => holds(votes) ? 1.0 : 0.0);

    private static bool IsWon(IReadOnlyList<JudgedTrace> votes, TieRule ties)
    {
        var tally = VoteTally.Count(votes.Select(vote => vote.Judgment.Choice), ties);
        return votes[0].Pair.Label.Preferred() is { } gold && tally.IsCorrect(gold);
    }

    private static bool IsRight(JudgedTrace judged) => judged.Judgment.IsRight(judged.Pair.Label);

    private static double Share(IReadOnlyList<JudgedTrace> traces, Func<JudgedTrace, bool> holds) =>
        traces.Count == 0 ? 0 : traces.Count(holds) / (double)traces.Count;
}
