namespace R1Reward.Policy.Advantages;

/// <summary>
/// What <see cref="AdvantagePipeline"/> refuses to compute with. One number that is not finite would spread over the
/// whole batch by its mean, so the trace is named while it is still known.
/// </summary>
internal static class AdvantageInputs
{
    /// <exception cref="InvalidOperationException">The inputs of a trace do not fit or are not finite.</exception>
    internal static void Check(
        ScoredTrace scored, ReadOnlySpan<float> reference, ReadOnlySpan<float> values, AdvantageOptions options)
    {
        var trace = scored.Trace;
        var tokens = trace.LogProbs.Length;
        var needsValues = options.Estimator == AdvantageEstimator.Gae;
        if (reference.Length != tokens || (needsValues && values.Length != tokens))
        {
            throw new InvalidOperationException(
                $"Trace {trace.Id} has {tokens} log-probs, {reference.Length} reference log-probs "
                + $"and {values.Length} values");
        }

        // A term may be NaN, which means that it gave no number; a finished reward may not.
        var readsTerms = options.TermWeights.Count > 0;
        if (readsTerms ? scored.Terms.Any(double.IsInfinity) : !double.IsFinite(scored.Reward))
        {
            var reward = readsTerms ? string.Join(", ", scored.Terms) : $"{scored.Reward}";
            throw new InvalidOperationException($"Trace {trace.Id} has the reward {reward}");
        }

        RequireFinite(trace.Id, "log-prob", trace.LogProbs.AsSpan());
        RequireFinite(trace.Id, "reference log-prob", reference);
        RequireFinite(trace.Id, "value", values);
    }

    private static void RequireFinite(string id, string what, ReadOnlySpan<float> values)
    {
        for (var t = 0; t < values.Length; t++)
        {
            if (!float.IsFinite(values[t]))
            {
                throw new InvalidOperationException(
                    $"Trace {id} has the {what} {values[t]} at token {t} of {values.Length}");
            }
        }
    }
}
