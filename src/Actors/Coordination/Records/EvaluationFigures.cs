using R1Reward.Actors.Coordination.Batches;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Traces;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Watch;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>What an evaluation over held-out pairs found. Shares are 0-1; null where nothing was counted.</summary>
public sealed record EvaluationFigures
{
    /// <summary>Pairs judged.</summary>
    public required int Pairs { get; init; }

    /// <summary>Samples per pair.</summary>
    public required int SamplesPerPair { get; init; }

    /// <summary>Share of samples that name the preferred response; unreadable ones count as wrong.</summary>
    public required double Accuracy { get; init; }

    /// <summary>Share of samples that pass the strict format check.</summary>
    public required double Format { get; init; }

    /// <summary>Share of decided samples whose analysis supports their answer, by the judge; null when none was decided.</summary>
    public required double? Consistency { get; init; }

    /// <summary>Mean sampled tokens.</summary>
    public required double Length { get; init; }

    /// <summary>Share of samples that name no response.</summary>
    public required double Unreadable { get; init; }

    /// <summary>Samples on which the judge did not decide.</summary>
    public required int Undecided { get; init; }

    /// <summary>Pairs that could not be shown to the model and are not counted in any other figure.</summary>
    public int LeftOut { get; init; }

    /// <summary>Mean of each reward term's raw values, by name; terms without any value are left out.</summary>
    public IReadOnlyDictionary<string, double> Rewards { get; init; } = new Dictionary<string, double>();

    /// <summary>Whether the place of a response sways the judgment; null where pairs were not judged in both orders.</summary>
    public PositionBias? Position { get; init; }

    /// <summary>Majority-vote accuracy by number of votes: the mean over disjoint groups of that many samples of each pair.</summary>
    public required IReadOnlyDictionary<int, double> Vote { get; init; }

    /// <summary>Share of pairs with at least one right sample among k, over the same groups.</summary>
    public required IReadOnlyDictionary<int, double> AnyCorrect { get; init; }

    /// <summary>Computes the figures of an evaluation.</summary>
    /// <param name="samples">Scored samples, those of one pair next to each other.</param>
    /// <param name="ties">What a tied vote counts as.</param>
    public static EvaluationFigures Of(IReadOnlyList<JudgedTrace> samples, TieRule ties)
    {
        var groups = samples.GroupBy(sample => sample.Group).Select(group => group.ToList()).ToList();
        var perPair = groups.Count == 0 ? 0 : groups.Min(group => group.Count);
        var decided = samples.Count(sample => sample.Verdict is ConsistencyVerdict.Consistent or ConsistencyVerdict.Inconsistent);
        int[] sizes = [.. new[] { 1, 5, 15, perPair }.Where(size => size > 0 && size <= perPair).Distinct().Order()];
        return new EvaluationFigures
        {
            Pairs = groups.Count,
            SamplesPerPair = perPair,
            Accuracy = Mean(samples, Right),
            Format = Mean(samples, sample => sample.Judgment.WellFormed),
            Consistency = decided == 0 ? null : samples.Count(sample => sample.Verdict == ConsistencyVerdict.Consistent) / (double)decided,
            Length = samples.Count == 0 ? 0 : samples.Average(sample => sample.Trace.Tokens.Length),
            Unreadable = Mean(samples, sample => sample.Judgment.Choice is null),
            Undecided = samples.Count(sample => sample.Verdict == ConsistencyVerdict.Undecided),
            Rewards = samples.SelectMany(sample => sample.Reward?.Terms ?? []).Where(term => term.Value is not null)
                .GroupBy(term => term.Name).ToDictionary(term => term.Key, term => term.Average(score => score.Value!.Value)),
            Position = PositionBias.OfJudged(groups.Select(group => (group[0].Pair.Id, group[0].Judgment.Choice))),
            Vote = sizes.ToDictionary(size => size, size => Chunks(groups, size).Average(votes => Wins(votes, ties) ? 1.0 : 0.0)),
            AnyCorrect = sizes.ToDictionary(size => size, size => Chunks(groups, size).Average(votes => votes.Any(Right) ? 1.0 : 0.0)),
        };
    }

    private static IEnumerable<IReadOnlyList<JudgedTrace>> Chunks(IEnumerable<List<JudgedTrace>> groups, int size) =>
        groups.SelectMany(group => group.Chunk(size)).Where(chunk => chunk.Length == size);

    private static bool Wins(IReadOnlyList<JudgedTrace> votes, TieRule ties) =>
        VoteTally.Of(votes.Select(vote => vote.Judgment.Choice), ties).Winner is { } winner && Is(winner, votes[0].Pair.Label);

    private static bool Right(JudgedTrace sample) => sample.Judgment.Choice is { } choice && Is(choice, sample.Pair.Label);

    private static bool Is(Choice choice, PreferenceLabel? label) =>
        (choice, label) is (Choice.First, PreferenceLabel.First) or (Choice.Second, PreferenceLabel.Second);

    private static double Mean(IReadOnlyList<JudgedTrace> samples, Func<JudgedTrace, bool> holds) =>
        samples.Count == 0 ? 0 : samples.Count(holds) / (double)samples.Count;
}
