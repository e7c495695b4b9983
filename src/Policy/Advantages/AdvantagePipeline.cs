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
    public AdvantageMoments RewardMoments { get; set; } = rewardMoments;

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
        var moments = AdvantageMoments.From(learned);
        var batch = Normalise(raw, moments);
        return SignalCheck.Find(traces, raw, Options) is { } reason ? Silent(batch, reason) : batch;
    }

    /// <summary>
    /// Raw advantages before standardisation: the first half of <see cref="Compute"/>. A learner that has
    /// a part of the batch only would exchange moments in between; this program has one learner.
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
        var shaped = RunningNormalised(Shaped(traces, rewards, groups), rewards);
        var estimates = traces.Select((scored, i) =>
            Estimate(scored.Trace, shaped[i], klCoefficient, Reference(i).AsSpan(), Values(i).AsSpan()) with
            {
                DroppedFor = dropped[i],
            });
        return referenceLogProbs is not null
            ? [.. estimates]
            : [.. estimates.Select(estimate => estimate with { Kl = double.NaN })];
    }

    /// <summary>
    /// Standardises and filters raw advantages by the moments of the whole batch: the second half of
    /// <see cref="Compute"/>.
    /// </summary>
    /// <param name="raw">The raw advantages of the batch.</param>
    /// <param name="moments">The moments of the whole batch.</param>
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

        double Share(double part, int whole) => whole == 0 ? double.NaN : part / whole;
        double OfTokens(double figure) => tokens == 0 ? double.NaN : figure;
        var droppedShare = Share(raw.Count(trace => trace.Dropped), raw.Count);
        return new AdvantageBatch(traces, new AdvantageStats(
            tokens,
            OfTokens(moments.Mean),
            OfTokens(moments.Deviation),
            Share(filtered, tokens),
            Share(kl, tokens),
            droppedShare));
    }

    /// <summary>The batch with advantages of 0: what standardising made of them is noise.</summary>
    private static AdvantageBatch Silent(AdvantageBatch batch, NoSignal reason)
    {
        var traces = batch.Traces.Select(trace => trace with { Advantages = new double[trace.Advantages.Length] });
        var filtered = batch.Stats.Tokens == 0 ? double.NaN : 0.0;
        var stats = batch.Stats with { FilteredShare = filtered };
        return new AdvantageBatch([.. traces], stats) { SkippedFor = reason };
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

    private NoSignal?[] Dropped(IReadOnlyList<ScoredTrace> traces, double[] rewards, int[] groups)
    {
        var equal = GroupShaping.WithoutSpread(rewards, groups);
        return [.. traces.Select((scored, i) => Reason(i, scored.Trace.Finish == FinishReason.Length))];

        NoSignal? Reason(int i, bool truncated) =>
            double.IsNaN(rewards[i]) ? NoSignal.AllUndecided
            : Options.DropTruncated && truncated ? NoSignal.AllTruncated
            : Options.DropEqualGroups && equal[i] ? NoSignal.EqualRewards
            : null;
    }

    private double[] RunningNormalised(double[] shaped, double[] rewards)
    {
        if (Options.RewardNormalisation == RewardNormalisation.None)
        {
            return shaped;
        }

        // The batch is part of the moments before they are used, so that the first one has some. What has no reward was
        // shaped to 0, which is no reward either.
        double[] known = [.. shaped.Where((_, i) => !double.IsNaN(rewards[i]))];
        RewardMoments = AdvantageMoments.Combine([RewardMoments, AdvantageMoments.From([known])]);
        var mean = Options.RewardNormalisation == RewardNormalisation.Standardise ? RewardMoments.Mean : 0;
        var deviation = RewardMoments.SampleDeviation;
        return deviation == 0 ? shaped : Array.ConvertAll(shaped, reward => (reward - mean) / deviation);
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
        return new TraceAdvantage(trace.Id, advantages, returns ?? advantages, meanKl, rewards.Sum())
        {
            Shaped = Options.RewardClip is { } cut ? Math.Clamp(shaped, -cut, cut) : shaped,
        };
    }
}
