namespace R1Reward.Rewards.Advantages;

/// <summary>
/// Rewards to token advantages, in this order: group shaping, cut to the reward limit, divergence penalty per token,
/// returns or GAE, then over the whole batch standardisation and Advantage Filter.
/// Differences from the published code: the filter keeps |z| &lt;= 3 unless the reference rule is named (D1); the real
/// deviation is reported; every sampled token counts, so rows are ragged and nothing is padded.
/// </summary>
public sealed class AdvantagePipeline
{
    private readonly AdvantageOptions _options;

    /// <summary>Creates a pipeline.</summary>
    public AdvantagePipeline(AdvantageOptions? options = null) => _options = options ?? new AdvantageOptions();

    /// <summary>The finished advantages of a batch that lies in one place.</summary>
    /// <param name="samples">The whole rollout step.</param>
    /// <param name="klCoefficient">Weight of the divergence in the token reward, from <see cref="KlController.Coefficient"/>; 0 where the divergence is part of the loss.</param>
    /// <exception cref="InvalidOperationException">A reward, log-probability or value that is not finite, or arrays of different lengths.</exception>
    public AdvantageBatch Compute(IReadOnlyList<SampleScore> samples, double klCoefficient)
    {
        var raw = Estimate(samples, klCoefficient);
        return Normalise(raw, AdvantageMoments.Of([.. raw.Select(sample => sample.Advantages)]));
    }

    /// <summary>Raw advantages before standardisation: the first half of <see cref="Compute"/>, for batches spread over ranks.</summary>
    public IReadOnlyList<SampleAdvantage> Estimate(IReadOnlyList<SampleScore> samples, double klCoefficient)
    {
        foreach (var sample in samples)
        {
            Check(sample);
        }

        var shaped = GroupShaping.Shape(
            _options.Estimator, [.. samples.Select(s => s.Reward)], [.. samples.Select(s => s.Group)], _options.GroupDeviation);
        return [.. samples.Select((sample, i) => Estimate(sample, shaped[i], klCoefficient))];
    }

    /// <summary>Standardises and filters raw advantages by the moments of the whole batch: the second half of <see cref="Compute"/>.</summary>
    /// <param name="raw">This rank's raw advantages.</param>
    /// <param name="moments">All ranks' moments, combined by <see cref="AdvantageMoments.Combine"/>.</param>
    public AdvantageBatch Normalise(IReadOnlyList<SampleAdvantage> raw, AdvantageMoments moments)
    {
        var (tokens, dropped, kl) = (0, 0, 0.0);
        var samples = new SampleAdvantage[raw.Count];
        for (var i = 0; i < samples.Length; i++)
        {
            samples[i] = raw[i];
            if (_options.StandardisesBatch)
            {
                samples[i] = raw[i] with { Advantages = AdvantageFilter.Apply(_options.Filter, raw[i].Advantages, moments, out var here) };
                dropped += here;
            }

            tokens += raw[i].Advantages.Length;
            kl += raw[i].Kl * raw[i].Advantages.Length;
        }

        var share = tokens == 0 ? 0.0 : (double)dropped / tokens;
        return new AdvantageBatch(samples, new AdvantageStats(tokens, moments.Mean, moments.Deviation, share, tokens == 0 ? 0.0 : kl / tokens));
    }

    private SampleAdvantage Estimate(SampleScore sample, double shaped, double klCoefficient)
    {
        var kl = TokenRewards.Kl(_options.Kl, sample.LogProbs.Span, sample.ReferenceLogProbs.Span);
        var rewards = TokenRewards.Compose(kl, shaped, klCoefficient, _options.RewardClip);
        var (advantages, returns) = _options.Estimator == AdvantageEstimator.Gae
            ? Returns.Gae(sample.Values.Span, rewards, _options.Gamma, _options.Lambda)
            : (Returns.Discounted(rewards, _options.Gamma), null);
        return new SampleAdvantage(sample.Id, advantages, returns ?? advantages, kl.Length == 0 ? 0.0 : kl.Average(), rewards.Sum());
    }

    private void Check(SampleScore sample)
    {
        var tokens = sample.LogProbs.Length;
        if (sample.ReferenceLogProbs.Length != tokens || (_options.Estimator == AdvantageEstimator.Gae && sample.Values.Length != tokens))
        {
            throw new InvalidOperationException(
                $"Trace {sample.Id} has {tokens} log-probs, {sample.ReferenceLogProbs.Length} reference log-probs and {sample.Values.Length} values");
        }

        if (!double.IsFinite(sample.Reward))
        {
            throw new InvalidOperationException($"Trace {sample.Id} has the reward {sample.Reward}");
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
