using R1Reward.Data.Formats;

namespace R1Reward.Cli.Running;

/// <summary>
/// Gives responses to a question scores: a scalar model, which reads one at a time, or a judge, which compares two.
/// Calls may come from any thread.
/// </summary>
internal interface IResponseScorer : IDisposable
{
    /// <summary>How many questions are worth scoring at the same time.</summary>
    int RowsAtOnce { get; }

    /// <summary>Scores the responses to one question.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">No question can be scored.</exception>
    Task<ScoredRow> ScoreAsync(ResponseRow row, CancellationToken cancel);
}
