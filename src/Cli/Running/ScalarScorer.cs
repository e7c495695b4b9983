using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;

namespace R1Reward.Cli.Running;

/// <summary>Scores by a scalar model, which reads one response at a time.</summary>
internal sealed class ScalarScorer : IResponseScorer
{
    private readonly ScoreModel _model;

    private ScalarScorer(ScoreModel model) => _model = model;

    /// <inheritdoc/>
    public int RowsAtOnce => 1;

    /// <summary>Loads the model of a folder.</summary>
    /// <exception cref="R1Reward.Data.UserErrorException">
    /// The folder is no scalar model, the device is not there, or an option is for judges alone.
    /// </exception>
    public static async Task<ScalarScorer> LoadAsync(JudgeModelOptions options) =>
        new(await ScoreModel.LoadAsync(options));

    /// <inheritdoc/>
    public async Task<ScoredRow> ScoreAsync(ResponseRow row, CancellationToken cancel)
    {
        if (row.Media.Count > 0 && !_model.Sees)
        {
            return ScoredRow.Without("its question has pictures, videos or sounds, which this model does not see");
        }

        var (scores, problem) = await _model.ScoreAsync(row, cancel);
        return problem is null ? new ScoredRow([.. scores.Select(Scored)]) : ScoredRow.Without(problem);
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private ResponseScore Scored(ScoredResponse response) => new(
        response.Score,
        response.Logit,
        new JProperty(
            "heads",
            new JObject(_model.Heads.Zip(response.Heads, (name, score) => new JProperty(name, score)))));
}
