namespace R1Reward.Cli.Running;

/// <summary>What a model thinks of the responses to one question.</summary>
/// <param name="Responses">A score for each response; none where there is a problem.</param>
/// <param name="Problem">Why they have no scores; null where they have.</param>
internal sealed record ScoredRow(IReadOnlyList<ResponseScore> Responses, string? Problem = null)
{
    /// <summary>A row whose responses have no scores, for a reason.</summary>
    public static ScoredRow Without(string problem) => new([], problem);
}
