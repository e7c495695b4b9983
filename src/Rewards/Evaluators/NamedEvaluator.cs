using R1Reward.Data.Evaluation;

namespace R1Reward.Rewards.Evaluators;

/// <summary>An evaluator as configured.</summary>
/// <param name="Name">Unique name: its figures are called <c>NAME/FIGURE</c>.</param>
/// <param name="Evaluator">What computes them.</param>
public sealed record NamedEvaluator(string Name, IEvaluator Evaluator)
{
    /// <summary>
    /// The figures under their whole names. A class that throws, or gives what is no number, loses its figures and no
    /// others: an evaluation is not worth a run.
    /// </summary>
    /// <param name="pairs">The pairs of the evaluation.</param>
    /// <param name="problem">Why there are no figures; null where there are.</param>
    public IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs, out string? problem)
    {
        try
        {
            var figures = Evaluator.Evaluate(pairs);
            problem = figures.FirstOrDefault(figure => !double.IsFinite(figure.Value)).Key is { } wrong
                ? $"{wrong} is no number"
                : null;
            return problem is null
                ? figures.ToDictionary(figure => $"{Name}/{figure.Key}", figure => figure.Value)
                : new Dictionary<string, double>();
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            problem = $"{thrown.GetType().Name}: {thrown.Message}";
            return new Dictionary<string, double>();
        }
    }
}
