using System.Globalization;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms.Registry;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>
/// Several rewards of the same thing, for example three judges, as one. Members without a value are left out; the
/// ensemble has none where no member has, or where too few agree.
/// </summary>
/// <param name="options">How values become one, and how much agreement they need.</param>
/// <param name="members">At least two.</param>
/// <example>Members 0.9, 0.8, 0.1 with tolerance 0.25: mean 0.6, median 0.8, one of three pairs agrees: agreement 0.33.</example>
public sealed class EnsembleTerm(EnsembleOptions options, IReadOnlyList<RecipePart> members) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required => members.Aggregate(RewardField.None, (fields, member) => fields | member.Reward.Required);

    /// <summary>The term of an entry: <c>members</c>, a list of entries with weights.</summary>
    public static EnsembleTerm Create(OptionReader options, RewardFactory factory)
    {
        var entries = options.Entries("members");
        if (entries.Count < 2)
        {
            options.Refuse("members", "write at least two entries");
        }

        var place = options.Place + ".members";
        return new EnsembleTerm(EnsembleOptions.Read(options), [.. entries.Select((entry, i) =>
            new RecipePart(factory.NestedPointwise(entry, $"{place}[{i}]"), new OptionReader($"{place}[{i}]", entry, factory.Errors).Number("weight", 1.0, 0)))]);
    }

    /// <summary>Share of pairs of values that are at most <paramref name="tolerance"/> apart; 1 for a single value.</summary>
    public static double Agreement(IReadOnlyList<double> values, double tolerance)
    {
        var pairs = values.SelectMany((a, i) => values.Skip(i + 1).Select(b => Math.Abs(a - b) <= tolerance)).ToList();
        return pairs.Count == 0 ? 1.0 : pairs.Count(agrees => agrees) / (double)pairs.Count;
    }

    /// <inheritdoc/>
    public async ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var scores = await Task.WhenAll(members.Select(member => member.Reward.ScoreAsync(input, cancellationToken).AsTask())).ConfigureAwait(false);
        return Joined(scores) with { Use = JudgeUse.Sum(scores.Select(score => score.Use)) };
    }

    private RewardScore Joined(RewardScore[] scores)
    {
        var known = scores.Select((score, i) => (score.Value, members[i].Weight)).Where(member => member.Value is not null)
            .Select(member => (Value: member.Value!.Value, member.Weight)).ToList();
        if (known.Count == 0 || (options.Combine == EnsembleCombine.Mean && known.Sum(member => member.Weight) == 0))
        {
            return RewardScore.Unknown("no member of the ensemble has a value: " + string.Join("; ", scores.Select(score => score.Reason).OfType<string>().Distinct()));
        }

        var values = known.Select(member => member.Value).Order().ToList();
        var agreement = Agreement(values, options.Tolerance);
        var text = string.Create(CultureInfo.InvariantCulture, $"agreement {agreement:0.##} of {values.Count} members");
        return agreement < options.LeastAgreement ? RewardScore.Unknown(text) : new RewardScore(
            options.Combine switch
            {
                EnsembleCombine.Mean => known.Sum(member => member.Value * member.Weight) / known.Sum(member => member.Weight),
                EnsembleCombine.Median => (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2,
                EnsembleCombine.Min => values[0],
                _ => throw new InvalidOperationException($"combine {options.Combine}"),
            },
            text);
    }
}
