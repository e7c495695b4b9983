using System.Collections.Immutable;
using R1Reward.Data.Media.Processing;
using R1Reward.Policy.Models.Configuration;

namespace R1Reward.Policy.Models.Vision;

/// <summary>Where media stand among the tokens of a prompt.</summary>
public static class MediaTokens
{
    /// <summary>Repeats the one placeholder of each item as often as the item has tokens.</summary>
    /// <param name="ids">A prompt with one placeholder per item.</param>
    /// <param name="media">The items in the order of their placeholders.</param>
    /// <param name="config">How media stand in the model's prompts.</param>
    /// <exception cref="InvalidOperationException">Placeholders and items do not agree.</exception>
    public static ImmutableArray<int> Expand(
        IReadOnlyList<int> ids,
        IReadOnlyList<MediaFeatures> media,
        MediaConfig config)
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

            for (var count = config.TokensOf(media[next]); count > 0; count--)
            {
                expanded.Add(id);
            }

            next++;
        }

        return next == media.Count
            ? expanded.ToImmutable()
            : throw new InvalidOperationException($"the prompt has {next} placeholders for {media.Count} media");
    }
}
