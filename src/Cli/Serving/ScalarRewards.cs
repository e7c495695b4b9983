using R1Reward.Cli.Running;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;

namespace R1Reward.Cli.Serving;

/// <summary>
/// The scores of a scalar model for a reward server. The prompt of an item is its question, a chat as the data files of
/// trainers have it or plain text; pictures come with the item.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="options">After what the response starts in a decoded sequence.</param>
internal sealed class ScalarRewards(ScoreModel model, RewardServiceOptions options) : IRemoteReward
{
    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var scores = new List<double>();
        foreach (var (index, item) in items.Index())
        {
            if (options.ResponseOf(item) is not { } response)
            {
                return RemoteScores.BadItem(
                    $"item {index} has no response: send it in query, or in extra.response of /compute");
            }

            var media = item.ConditionImages.Select(file => new MediaItem(MediaKind.Image, DataUri.From(file.Span)));
            var (scored, problem) = await model.ScoreAsync(
                ChatText.QuestionOf(item.Prompt), [response], [.. media], cancellationToken);
            if (problem is not null)
            {
                return RemoteScores.BadItem($"item {index}: {problem}");
            }

            scores.Add(scored[0].Score);
        }

        return RemoteScores.From(scores);
    }
}
