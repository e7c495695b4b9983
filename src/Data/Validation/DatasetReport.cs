namespace R1Reward.Data.Validation;

/// <summary>What validation found of a data set.</summary>
/// <param name="Sets">Training file first, then the held-out one where there is one.</param>
/// <param name="Problems">The first problems, as many as were asked for.</param>
/// <param name="Counts">All problems by kind.</param>
public sealed record DatasetReport(
    IReadOnlyList<SetReport> Sets,
    IReadOnlyList<DataProblem> Problems,
    IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsGood => Counts.Count == 0;
}
