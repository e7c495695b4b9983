using System.Collections.Immutable;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models.Vision;

/// <summary>Where media stand among the tokens of a prompt.</summary>
public static class MediaTokens
{
    /// <summary>
    /// Repeats the one placeholder of each item as often as the item has tokens; a video of a family that shows times
    /// becomes a block for each of its temporal groups, after its time.
    /// </summary>
    /// <param name="ids">A prompt with one placeholder per item.</param>
    /// <param name="media">The items in the order of their placeholders.</param>
    /// <param name="config">How media stand in the model's prompts.</param>
    /// <param name="encode">Gives the ids of a text, in which the times are written.</param>
    /// <exception cref="InvalidOperationException">Placeholders and items do not agree.</exception>
    public static ImmutableArray<int> Expand(
        IReadOnlyList<int> ids,
        IReadOnlyList<MediaFeatures> media,
        MediaConfig config,
        Func<string, IReadOnlyList<int>> encode)
    {
        var expanded = ImmutableArray.CreateBuilder<int>();
        var next = 0;
        foreach (var id in ids)
        {
            if (config.KindOf(id) is not { } kind)
            {
                expanded.Add(id);
                continue;
            }

            if (next == media.Count || media[next].Kind != kind)
            {
                var known = string.Join(", ", media.Select(item => item.Kind));
                throw new InvalidOperationException(
                    $"placeholder {next + 1} of the prompt is of kind {kind}, the media are {known}");
            }

            expanded.AddRange(Tokens(media[next], id, config, encode));
            next++;
        }

        return next == media.Count
            ? expanded.ToImmutable()
            : throw new InvalidOperationException($"the prompt has {next} placeholders for {media.Count} media");
    }

    private static IEnumerable<int> Tokens(
        MediaFeatures item, int id, MediaConfig config, Func<string, IReadOnlyList<int>> encode)
    {
        var tokens = Enumerable.Repeat(id, config.TokensOf(item));
        if (item is not MediaPatches { Kind: MediaKind.Video } video || !config.Vision!.Family.ShowsTimes)
        {
            return tokens;
        }

        var (start, end) = config.Vision.GroupTokenIds;
        return tokens.Chunk(config.TokensOf(item) / video.Grid.Groups)
            .Zip(video.Times)
            .SelectMany(group => (int[])[.. encode(VideoTimes.Text(group.Second)), start, .. group.First, end]);
    }
}
