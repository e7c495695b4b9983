using R1Reward.Actors.Coordination.Batches;
using R1Reward.Data.Evaluation;
using R1Reward.Rewards.Evaluators;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>What the configured evaluators found.</summary>
/// <param name="Figures">Figures by whole name, <c>EVALUATOR/FIGURE</c>.</param>
/// <param name="Problems">Why an evaluator has none, by its name.</param>
internal sealed record OwnFigures(
    IReadOnlyDictionary<string, double> Figures, IReadOnlyDictionary<string, string> Problems)
{
    /// <summary>Where no evaluator is configured.</summary>
    public static OwnFigures None { get; } = new(new Dictionary<string, double>(), new Dictionary<string, string>());

    /// <summary>Asks each evaluator about an evaluation.</summary>
    /// <param name="traces">Its traces, those of one pair next to each other.</param>
    /// <param name="evaluators">The evaluators.</param>
    public static OwnFigures Compute(IReadOnlyList<JudgedTrace> traces, IReadOnlyList<NamedEvaluator> evaluators)
    {
        var figures = new Dictionary<string, double>();
        var problems = new Dictionary<string, string>();
        var pairs = traces.GroupBy(judged => judged.Group).Select(group => new JudgedPair(
            group.First().Pair,
            [.. group.Select(judged => judged.Trace)],
            [.. group.Select(judged => judged.Judgment)])).ToList();
        foreach (var evaluator in evaluators)
        {
            var found = evaluator.Evaluate(pairs, out var problem);
            foreach (var (name, value) in found)
            {
                figures[name] = value;
            }

            if (problem is not null)
            {
                problems[evaluator.Name] = problem;
            }
        }

        return new OwnFigures(figures, problems);
    }
}
