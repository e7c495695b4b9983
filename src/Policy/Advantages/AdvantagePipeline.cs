using System.Collections.Immutable;
using R1Reward.Data.Traces;

namespace R1Reward.Policy.Advantages;

/// <summary>
/// From rewards to token advantages, in this order: terms to one reward, group shaping, running normalisation, cut to
/// the reward limit, divergence penalty per token, returns or GAE, cut to the advantage limit, then over the whole
/// batch standardisation and Advantage Filter (R1-Reward, section 3.2). Differences from the published code: the filter
/// keeps |z| &lt;= 3 unless the reference rule is named; the real deviation is reported; every sampled token counts, so
/// rows are ragged and nothing is padded; traces that dynamic sampling or the overlong filter drops are left out of
/// means and update instead of being masked to nothing.
/// </summary>
/// <param name="options">The rules; null: their defaults.</param>
/// <param name="rewardMoments">Moments of the rewards of an interrupted run; default: of none.</param>
public sealed class AdvantagePipeline(AdvantageOptions? options = null, AdvantageMoments rewardMoments = default)
{
    /// <summary>The rules that this pipeline computes by.</summary>
    public AdvantageOptions Options { get; } = options ?? new AdvantageOptions();

    /// <summary>Moments of all shaped rewards so far, by which running normalisation goes.</summary>
    public AdvantageMoments RewardMoments { get; private set; } = rewardMoments;

    /// <summary>The finished advantages of a batch that lies in one place.</summary>
    /// <param name="traces">The whole rollout step.</param>
    /// <param name="klCoefficient">
    /// Weight of the divergence in the token reward, from <see cref="KlController.Coefficient"/>; 0 where the
    /// divergence is part of the loss.
    /// </param>
    /// <param name="referenceLogProbs">
    /// Log-probability of each sampled token of each trace under the frozen reference; null: no divergence.
    /// </param>
    /// <param name="values">
    /// The critic's value before each sampled token of each trace; needed by <see cref="AdvantageEstimator.Gae"/> only.
    /// </param>
    /// <exception cref="InvalidOperationException">
    /// A reward, log-probability or value is not finite, or arrays differ in length; the message names the trace.
    /// </exception>
    public AdvantageBatch Compute(
        IReadOnlyList<ScoredTrace> traces,
        double klCoefficient,
        IReadOnlyList<ImmutableArray<float>>? referenceLogProbs = null,
        IReadOnlyList<ImmutableArray<float>>? values = null)
    {
        var raw = Estimate(traces, klCoefficient, referenceLogProbs, values);
        double[][] learned = [.. raw.Where(trace => !trace.Dropped).Select(trace => trace.Advantages)];
        return Normalise(raw, AdvantageMoments.Of(learned));
    }

    /// <summary>
    /// Raw advantages before standardisation: the first half of <see cref="Compute"/>, for batches spread over ranks.
    /// </summary>
    public IReadOnlyList<TraceAdvantage> Estimate(
        IReadOnlyList<ScoredTrace> traces,
        double klCoefficient,
        IReadOnlyList<ImmutableArray<float>>? referenceLogProbs = null,
        IReadOnlyList<ImmutableArray<float>>? values = null)
    {
        int[] groups = [.. traces.Select(scored => scored.Group)];
        ImmutableArray<float> Reference(int i) => referenceLogProbs?[i] ?? traces[i].Trace.LogProbs;
        ImmutableArray<float> Values(int i) => values?[i] ?? [];
        for (var i = 0; i < traces.Count; i++)
        {
            AdvantageInputs.Check(traces[i], Reference(i).AsSpan(), Values(i).AsSpan(), Options);
        }

        var rewards = Rewards(traces);
        var dropped = Dropped(traces, rewards, groups);
        var shaped = RunningNormalised(Shaped(traces, rewards, groups));
        return [.. traces.Select((scored, i) =>
            Estimate(scored.Trace, shaped[i], klCoefficient, Reference(i).AsSpan(), Values(i).AsSpan()) with
            {
                Dropped = dropped[i],
            })];
    }

    /// <summary>
    /// Standardises and filters raw advantages by the moments of the whole batch: the second half of
    /// <see cref="Compute"/>.
    /// </summary>
    /// <param name="raw">This rank's raw advantages.</param>
    /// <param name="moments">All ranks' moments, combined by <see cref="AdvantageMoments.Combine"/>.</param>
    public AdvantageBatch Normalise(IReadOnlyList<TraceAdvantage> raw, AdvantageMoments moments)
    {
        var tokens = 0;
        var filtered = 0;
        var kl = 0.0;
        var traces = raw.ToArray();
        for (var i = 0; i < traces.Length; i++)
        {
            if (raw[i].Dropped)
            {
                continue;
            }

            traces[i] = raw[i] with { Advantages = Normalised(raw[i].Advantages, moments, out var filteredHere) };
            filtered += filteredHere;
            tokens += raw[i].Advantages.Length;
            kl += raw[i].Kl * raw[i].Advantages.Length;
        }

        double Share(double part, int whole) => whole == 0 ? 0 : part / whole;
        var droppedShare = Share(raw.Count(trace => trace.Dropped), raw.Count);
        return new AdvantageBatch(traces, new AdvantageStats(
            tokens, moments.Mean, moments.Deviation, Share(filtered, tokens), Share(kl, tokens), droppedShare));
    }

    private double[] Rewards(IReadOnlyList<ScoredTrace> traces) => Options.TermWeights.Count == 0
        ? [.. traces.Select(scored => scored.Reward)]
        : TermAggregation.Sum([.. traces.Select(scored => scored.Terms)], Options.TermWeights);

    private double[] Shaped(IReadOnlyList<ScoredTrace> traces, double[] rewards, int[] groups)
    {
        var deviation = Options.GroupDeviation;
        var shaped = Options.ComparesTerms
            ? TermAggregation.Gdpo([.. traces.Select(scored => scored.Terms)], Options.TermWeights, groups, deviation)
            : GroupShaping.Shape(Options.Estimator, rewards, groups, deviation);
        return Array.ConvertAll(shaped, reward => double.IsNaN(reward) ? 0 : reward);
    }

    private bool[] Dropped(IReadOnlyList<ScoredTrace> traces, double[] rewards, int[] groups)
    {
        var equal = GroupShaping.WithoutSpread(rewards, groups);
        return [.. traces.Select((scored, i) =>
            double.IsNaN(rewards[i])
            || (Options.DropTruncated && scored.Trace.Finish == FinishReason.Length)
            || (Options.DropEqualGroups && equal[i]))];
    }

    private double[] RunningNormalised(double[] rewards)
    {
        if (Options.RewardNormalisation == RewardNormalisation.None)
        {
            return rewards;
        }

        // The batch is part of the moments before they are used, so that the first one has some.
        RewardMoments = AdvantageMoments.Combine([RewardMoments, AdvantageMoments.Of([rewards])]);
        var mean = Options.RewardNormalisation == RewardNormalisation.Standardise ? RewardMoments.Mean : 0;
        var deviation = RewardMoments.SampleDeviation;
        return deviation == 0 ? rewards : Array.ConvertAll(rewards, reward => (reward - mean) / deviation);
    }

    private double[] Normalised(double[] advantages, AdvantageMoments moments, out int filtered)
    {
        filtered = 0;
        return Options.BatchRule switch
        {
            BatchNormalisation.Standardise => AdvantageFilter.Apply(Options.Filter, advantages, moments, out filtered),
            BatchNormalisation.Centre => Array.ConvertAll(advantages, value => value - moments.Mean),
            _ => advantages,
        };
    }

    private TraceAdvantage Estimate(
        Trace trace, double shaped, double klCoefficient, ReadOnlySpan<float> reference, ReadOnlySpan<float> values)
    {
        var kl = TokenRewards.Kl(Options.Kl, trace.LogProbs.AsSpan(), reference);
        var rewards = TokenRewards.Compose(kl, shaped, klCoefficient, Options.RewardClip);
        var (advantages, returns) = Options.Estimator == AdvantageEstimator.Gae
            ? Returns.Gae(values, rewards, Options.Gamma, Options.Lambda)
            : (Returns.Discounted(rewards, Options.Gamma), null);
        if (Options.AdvantageClip is { } limit)
        {
            returns ??= [.. advantages];
            advantages = Array.ConvertAll(advantages, value => Math.Clamp(value, -limit, limit));
        }

        var meanKl = kl.Length == 0 ? 0.0 : kl.Average();
        return new TraceAdvantage(trace.Id, advantages, returns ?? advantages, meanKl, rewards.Sum());
    }
}
