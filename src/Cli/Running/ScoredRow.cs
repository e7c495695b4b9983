using R1Reward.Data.Evaluation;

namespace R1Reward.Cli.Running;

/// <summary>What a model thinks of the responses to one question.</summary>
/// <param name="Responses">A score for each response; none where there is a problem.</param>
/// <param name="Problem">Why they have no scores; null where they have.</param>
internal sealed record ScoredRow(IReadOnlyList<ResponseScore> Responses, string? Problem = null)
{
    /// <summary>The place of each response, 1 for the highest score.</summary>
    public IReadOnlyList<int> Ranks => ScoreRanking.Ranks([.. Responses.Select(one => one.Score)]);

    /// <summary>The probability of each response to be the best one.</summary>
    public IReadOnlyList<double> Probabilities =>
        ScoreRanking.Probabilities([.. Responses.Select(one => one.Logit)]);

    /// <summary>A row whose responses have no scores, for a reason.</summary>
    public static ScoredRow Without(string problem) => new([], problem);
}
