using System.Globalization;
using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Combined;

/// <summary>
/// Several rewards of the same thing, for example three judges, as one. Members without a value are left out; the
/// ensemble has none where no member has, or where too few agree.
/// </summary>
/// <param name="options">The members, how their values become one, and how much agreement they need.</param>
/// <example>
/// Members 0.9, 0.8, 0.1 with tolerance 0.25: mean 0.6, median 0.8, one of three pairs agrees: agreement 0.33.
/// </example>
public sealed class EnsembleTerm(EnsembleOptions options) : IPointwiseReward
{
    /// <inheritdoc/>
    public RewardField Required =>
        options.Members.Aggregate(RewardField.None, (fields, member) => fields | member.Reward.Required);

    /// <summary>
    /// Share of pairs of values that are at most <paramref name="tolerance"/> apart; 1 for a single value.
    /// </summary>
    public static double Agreement(IReadOnlyList<double> values, double tolerance)
    {
        var pairs = values.SelectMany((a, i) => values.Skip(i + 1).Select(b => Math.Abs(a - b) <= tolerance)).ToList();
        return pairs.Count == 0 ? 1.0 : pairs.Count(agrees => agrees) / (double)pairs.Count;
    }

    /// <inheritdoc/>
    public async ValueTask<RewardScore> ScoreAsync(RewardInput input, CancellationToken cancellationToken = default)
    {
        var asked = options.Members.Select(member => member.Reward.ScoreAsync(input, cancellationToken).AsTask());
        var scores = await Task.WhenAll(asked).ConfigureAwait(false);
        return Combined(scores) with { Use = JudgeUse.Sum(scores.Select(score => score.Use)) };
    }

    private RewardScore Combined(RewardScore[] scores)
    {
        var known = options.Members.Zip(scores)
            .Where(member => member.Second.Value is not null)
            .Select(member => (Value: member.Second.Value!.Value, member.First.Weight))
            .ToList();
        var weight = known.Sum(member => member.Weight);
        if (known.Count == 0 || (options.Combine == EnsembleCombine.Mean && weight == 0))
        {
            var reasons = scores.Select(score => score.Reason).OfType<string>().Distinct();
            return RewardScore.Unknown("no member of the ensemble has a value: " + string.Join("; ", reasons));
        }

        var values = known.Select(member => member.Value).Order().ToList();
        var agreement = Agreement(values, options.Tolerance);
        var note = string.Create(
            CultureInfo.InvariantCulture, $"agreement {agreement:0.##} of {values.Count} members");
        if (agreement < options.LeastAgreement)
        {
            return RewardScore.Unknown(note);
        }

        var value = options.Combine switch
        {
            EnsembleCombine.Mean => known.Sum(member => member.Value * member.Weight) / weight,
            EnsembleCombine.Median => (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2,
            EnsembleCombine.Min => values[0],
            _ => throw new InvalidOperationException($"combine {options.Combine}"),
        };
        return new RewardScore(value, note);
    }
}
