namespace R1Reward.Data.Evaluation;

/// <summary>Figures of an evaluation beyond those that every run has.</summary>
public interface IEvaluator
{
    /// <summary>Figures by name; one that cannot be known is left out.</summary>
    /// <param name="pairs">All pairs of the evaluation that could be shown, in their order.</param>
    IReadOnlyDictionary<string, double> Evaluate(IReadOnlyList<JudgedPair> pairs);
}
