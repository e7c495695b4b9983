using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// How two evaluations agree on the pairs that both have. Shares are null where they have none in common.
/// </summary>
/// <param name="BothRight">Pairs that both have right.</param>
/// <param name="BothWrong">Pairs that both have wrong.</param>
/// <param name="OnlyFirst">Pairs that the first alone has right.</param>
/// <param name="OnlySecond">Pairs that the second alone has right.</param>
public sealed record EvaluationAgreement(int BothRight, int BothWrong, int OnlyFirst, int OnlySecond)
{
    /// <summary>How many pairs both have.</summary>
    public int Common => BothRight + BothWrong + OnlyFirst + OnlySecond;

    /// <summary>Share of the common pairs that the first has right.</summary>
    public double? FirstAccuracy => Share(BothRight + OnlyFirst);

    /// <summary>Share of the common pairs that the second has right.</summary>
    public double? SecondAccuracy => Share(BothRight + OnlySecond);

    /// <summary>Share of the common pairs that both have right or both have wrong.</summary>
    public double? Same => Share(BothRight + BothWrong);

    /// <summary>Compares what two evaluations have right.</summary>
    /// <param name="first">Whether the one has a pair right, by the pair's id.</param>
    /// <param name="second">The same of the other.</param>
    public static EvaluationAgreement Compute(
        IReadOnlyDictionary<string, bool> first, IReadOnlyDictionary<string, bool> second)
    {
        var shared = first.Where(pair => second.ContainsKey(pair.Key));
        var common = shared.ToLookup(pair => (pair.Value, second[pair.Key]));
        int Count(bool inFirst, bool inSecond) => common[(inFirst, inSecond)].Count();
        return new EvaluationAgreement(Count(true, true), Count(false, false), Count(true, false), Count(false, true));
    }

    /// <summary>
    /// Compares the results of two evaluations; a pair is right where every order that it was shown in is.
    /// </summary>
    public static EvaluationAgreement Compute(IEnumerable<PairResult> first, IEnumerable<PairResult> second) =>
        Compute(Right(first), Right(second));

    private static Dictionary<string, bool> Right(IEnumerable<PairResult> results) => results
        .Where(result => result.Problem is null && result.Label.Preferred() is not null)
        .ToDictionary(result => result.Id, result => result.Outcomes().All(outcome => outcome.IsCorrect));

    private double? Share(int part) => Common == 0 ? null : part / (double)Common;
}
