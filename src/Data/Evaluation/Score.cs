namespace R1Reward.Data.Evaluation;

/// <summary>
/// Counts over rows, with the shares that follow from them. All shares are null where nothing was counted.
/// </summary>
/// <param name="Rows">How many rows were judged, unreadable replies included.</param>
/// <param name="Correct">Rows whose reply named the preferred response.</param>
/// <param name="Unreadable">Rows whose reply named no response; they count as wrong.</param>
/// <param name="Groups">Different groups among the rows.</param>
/// <param name="GroupsCorrect">Groups of which every row is right.</param>
public sealed record Score(int Rows, int Correct, int Unreadable, int Groups, int GroupsCorrect)
{
    /// <summary>Rows whose vote is even and has no winner; they count as wrong.</summary>
    public int Tied { get; init; }

    /// <summary>Share of rows judged right.</summary>
    public double? Accuracy => Share(Correct, Rows);

    /// <summary>ACC+: share of groups of which every row is right.</summary>
    public double? AccPlus => Share(GroupsCorrect, Groups);

    /// <summary>Share of rows whose reply named no response.</summary>
    public double? UnreadableRate => Share(Unreadable, Rows);

    /// <summary>Counts the outcomes of any number of rows.</summary>
    public static Score Compute(IEnumerable<Outcome> outcomes)
    {
        var rows = outcomes.ToList();
        var groups = rows.GroupBy(row => row.Group).ToList();
        return new Score(
            rows.Count,
            rows.Count(row => row.IsCorrect),
            rows.Count(row => row.IsUnreadable),
            groups.Count,
            groups.Count(group => group.All(row => row.IsCorrect)))
        {
            Tied = rows.Count(row => row.IsTied),
        };
    }

    private static double? Share(int part, int whole) => whole == 0 ? null : part / (double)whole;
}
