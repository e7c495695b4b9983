using System.Collections.Immutable;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;

namespace R1Reward.Cli.Serving;

/// <summary>
/// The scores of a model for a reward server. The prompt of an item is its question, a chat as the data files of
/// trainers have it or plain text; pictures come with the item. Items of one question are scored together, which a
/// judge needs, for it compares them. What a score is made of, rank and probability are parts of the rewards.
/// </summary>
/// <param name="scorer">The model.</param>
/// <param name="options">After what the response starts in a decoded sequence.</param>
internal sealed class ModelRewards(IResponseScorer scorer, RewardServiceOptions options) : IRemoteReward
{
    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        string?[] responses = [.. items.Select(options.ResponseOf)];
        if (Array.IndexOf(responses, null) is var missing and >= 0)
        {
            return RemoteScores.BadItem(
                $"item {missing} has no response: send it in query, or in extra.response of /compute");
        }

        var rewards = new double[items.Count];
        var parts = new Dictionary<string, double[]>();
        foreach (var group in Enumerable.Range(0, items.Count).GroupBy(place => QuestionOf(items[place])))
        {
            int[] places = [.. group];
            var row = new ResponseRow(
                ChatText.QuestionOf(items[places[0]].Prompt),
                Array.ConvertAll(places, place => responses[place]!),
                [.. Pictures(items[places[0]])]);
            try
            {
                var scored = await scorer.ScoreAsync(row, cancellationToken);
                if (scored.Problem is { } problem)
                {
                    return RemoteScores.BadItem($"item {places[0]}: {problem}");
                }

                foreach (var (index, place) in places.Index())
                {
                    rewards[place] = scored.Responses[index].Score;
                    foreach (var (name, value) in PartsOf(scored, index))
                    {
                        parts.TryAdd(name, new double[items.Count]);
                        parts[name][place] = value;
                    }
                }
            }
            catch (UserErrorException failed)
            {
                return RemoteScores.Failed(failed.Message);
            }
        }

        return RemoteScores.From(rewards) with
        {
            Parts = parts.ToDictionary(part => part.Key, part => part.Value.ToImmutableArray()),
        };
    }

    private static IEnumerable<(string Name, double Value)> PartsOf(ScoredRow scored, int response) =>
    [
        .. ((JObject)scored.Responses[response].Parts.Value).Properties()
            .Select(part => (part.Name, (double)part.Value)),
        ("probability", scored.Probabilities[response]),
        ("rank", scored.Ranks[response]),
    ];

    private static string QuestionOf(RemoteItem item) =>
        string.Join('\0', Pictures(item).Select(picture => picture.Path).Prepend(item.Prompt));

    private static IEnumerable<MediaItem> Pictures(RemoteItem item) =>
        item.ConditionImages.Select(file => new MediaItem(MediaKind.Image, DataUri.From(file.Span)));
}
