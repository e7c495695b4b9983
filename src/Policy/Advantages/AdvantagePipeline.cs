namespace R1Reward.Policy.Advantages;

/// <summary>
/// Rewards to token advantages, in this order: terms to one reward, group shaping, running normalisation, cut to the reward
/// limit, divergence penalty per token, returns or GAE, cut to the advantage limit, then over the whole batch
/// standardisation and Advantage Filter.
/// Differences from the published code: the filter keeps |z| &lt;= 3 unless the reference rule is named; the real
/// deviation is reported; every sampled token counts, so rows are ragged and nothing is padded; samples that dynamic
/// sampling or the overlong filter drops are left out of means and update instead of being masked to nothing.
/// </summary>
public sealed class AdvantagePipeline
{
    /// <summary>Creates a pipeline.</summary>
    /// <param name="options">The rules.</param>
    /// <param name="rewardMoments">Moments of the rewards of an interrupted run; default: of none.</param>
    public AdvantagePipeline(AdvantageOptions? options = null, AdvantageMoments rewardMoments = default) =>
        (Options, RewardMoments) = (options ?? new AdvantageOptions(), rewardMoments);

    /// <summary>The rules.</summary>
    public AdvantageOptions Options { get; }

    /// <summary>Moments of all shaped rewards so far: what running normalisation goes by.</summary>
    public AdvantageMoments RewardMoments { get; private set; }

    /// <summary>The finished advantages of a batch that lies in one place.</summary>
    /// <param name="samples">The whole rollout step.</param>
    /// <param name="klCoefficient">Weight of the divergence in the token reward, from <see cref="KlController.Coefficient"/>; 0 where the divergence is part of the loss.</param>
    /// <exception cref="InvalidOperationException">A reward, log-probability or value that is not finite, or arrays of different lengths.</exception>
    public AdvantageBatch Compute(IReadOnlyList<SampleScore> samples, double klCoefficient)
    {
        var raw = Estimate(samples, klCoefficient);
        return Normalise(raw, AdvantageMoments.Of([.. raw.Where(sample => !sample.Dropped).Select(sample => sample.Advantages)]));
    }

    /// <summary>Raw advantages before standardisation: the first half of <see cref="Compute"/>, for batches spread over ranks.</summary>
    public IReadOnlyList<SampleAdvantage> Estimate(IReadOnlyList<SampleScore> samples, double klCoefficient)
    {
        foreach (var sample in samples)
        {
            Check(sample);
        }

        string[] groups = [.. samples.Select(sample => sample.Group)];
        var rewards = Rewards(samples);
        var dropped = Dropped(samples, rewards, groups);
        var shaped = RunningNormalised(Shaped(samples, rewards, groups));
        return [.. samples.Select((sample, i) => Estimate(sample, shaped[i], klCoefficient) with { Dropped = dropped[i] })];
    }

    /// <summary>Standardises and filters raw advantages by the moments of the whole batch: the second half of <see cref="Compute"/>.</summary>
    /// <param name="raw">This rank's raw advantages.</param>
    /// <param name="moments">All ranks' moments, combined by <see cref="AdvantageMoments.Combine"/>.</param>
    public AdvantageBatch Normalise(IReadOnlyList<SampleAdvantage> raw, AdvantageMoments moments)
    {
        var (tokens, filtered, kl) = (0, 0, 0.0);
        var samples = raw.ToArray();
        for (var i = 0; i < samples.Length; i++)
        {
            if (raw[i].Dropped)
            {
                continue;
            }

            samples[i] = raw[i] with { Advantages = Normalised(raw[i].Advantages, moments, out var here) };
            filtered += here;
            tokens += raw[i].Advantages.Length;
            kl += raw[i].Kl * raw[i].Advantages.Length;
        }

        double Share(double part, int whole) => whole == 0 ? 0 : part / whole;
        return new AdvantageBatch(samples, new AdvantageStats(
            tokens, moments.Mean, moments.Deviation, Share(filtered, tokens), Share(kl, tokens), Share(raw.Count(sample => sample.Dropped), raw.Count)));
    }

    private double[] Rewards(IReadOnlyList<SampleScore> samples) => Options.TermWeights.Count == 0
        ? [.. samples.Select(sample => sample.Reward)]
        : TermAggregation.Sum([.. samples.Select(sample => sample.Terms)], Options.TermWeights);

    private double[] Shaped(IReadOnlyList<SampleScore> samples, double[] rewards, string[] groups)
    {
        var shaped = Options.TermWeights.Count > 0 && Options.Aggregation == RewardAggregation.Gdpo
            ? TermAggregation.Gdpo([.. samples.Select(sample => sample.Terms)], Options.TermWeights, groups, Options.GroupDeviation)
            : GroupShaping.Shape(Options.Estimator, rewards, groups, Options.GroupDeviation);
        return Array.ConvertAll(shaped, reward => double.IsNaN(reward) ? 0 : reward);
    }

    private bool[] Dropped(IReadOnlyList<SampleScore> samples, double[] rewards, string[] groups)
    {
        var flat = GroupShaping.WithoutSpread(rewards, groups);
        return [.. samples.Select((sample, i) =>
            double.IsNaN(rewards[i]) || (Options.DropTruncated && sample.Truncated) || (Options.DropEqualGroups && flat[i]))];
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

    private SampleAdvantage Estimate(SampleScore sample, double shaped, double klCoefficient)
    {
        var kl = TokenRewards.Kl(Options.Kl, sample.LogProbs.Span, sample.ReferenceLogProbs.Span);
        var rewards = TokenRewards.Compose(kl, shaped, klCoefficient, Options.RewardClip);
        var (advantages, returns) = Options.Estimator == AdvantageEstimator.Gae
            ? Returns.Gae(sample.Values.Span, rewards, Options.Gamma, Options.Lambda)
            : (Returns.Discounted(rewards, Options.Gamma), null);
        if (Options.AdvantageClip is { } limit)
        {
            returns ??= [.. advantages];
            advantages = Array.ConvertAll(advantages, value => Math.Clamp(value, -limit, limit));
        }

        return new SampleAdvantage(sample.Id, advantages, returns ?? advantages, kl.Length == 0 ? 0.0 : kl.Average(), rewards.Sum());
    }

    private void Check(SampleScore sample)
    {
        var tokens = sample.LogProbs.Length;
        if (sample.ReferenceLogProbs.Length != tokens || (Options.Estimator == AdvantageEstimator.Gae && sample.Values.Length != tokens))
        {
            throw new InvalidOperationException(
                $"Trace {sample.Id} has {tokens} log-probs, {sample.ReferenceLogProbs.Length} reference log-probs and {sample.Values.Length} values");
        }

        if (Options.TermWeights.Count == 0 ? !double.IsFinite(sample.Reward) : sample.Terms.Span.ContainsAny(double.PositiveInfinity, double.NegativeInfinity))
        {
            throw new InvalidOperationException($"Trace {sample.Id} has the reward {(Options.TermWeights.Count == 0 ? sample.Reward : string.Join(", ", sample.Terms.ToArray()))}");
        }

        RequireFinite(sample.Id, "log-prob", sample.LogProbs.Span);
        RequireFinite(sample.Id, "reference log-prob", sample.ReferenceLogProbs.Span);
        RequireFinite(sample.Id, "value", sample.Values.Span);
    }

    private static void RequireFinite(string id, string what, ReadOnlySpan<float> values)
    {
        for (var t = 0; t < values.Length; t++)
        {
            if (!float.IsFinite(values[t]))
            {
                throw new InvalidOperationException($"Trace {id} has the {what} {values[t]} at token {t} of {values.Length}");
            }
        }
    }
}
