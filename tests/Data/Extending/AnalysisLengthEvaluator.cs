using R1Reward.Data.Evaluation;

namespace R1Reward.Data.Tests.Extending;

/// <summary>The mean length of analyses in characters, and the share that is shorter than <c>short</c>.</summary>
/// <param name="options">The entry's options; <c>short</c> is 20 where it is left out.</param>
public sealed class AnalysisLengthEvaluator(IReadOnlyDictionary<string, string> options) : IEvaluator
{
    private readonly int _short = int.Parse(options.GetValueOrDefault("short", "20"));

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs)
    {
        var lengths = pairs.SelectMany(pair => pair.Judgments).Select(judgment => judgment.Analysis.Length).ToList();
        return lengths.Count == 0 ? new Dictionary<string, double>() : new Dictionary<string, double>
        {
            ["mean"] = lengths.Average(),
            ["short"] = lengths.Average(length => length < _short ? 1.0 : 0.0),
        };
    }
}
