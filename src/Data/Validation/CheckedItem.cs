using R1Reward.Data.Handlers;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Validation;

/// <summary>What validation looks at of one pair, from whatever file it comes.</summary>
/// <param name="Id">The id that the file gives it; null where it gives none.</param>
/// <param name="Content">What tells it from other pairs, whatever the order of its candidates.</param>
/// <param name="Label">Which candidate is preferred; null where nothing is said.</param>
/// <param name="QuestionLength">Characters of the question.</param>
/// <param name="ResponseLengths">Characters of each response; none where the candidates are media.</param>
/// <param name="Media">Pictures, videos and sounds, with absolute paths.</param>
internal sealed record CheckedItem(
    string? Id,
    string Content,
    PreferenceLabel? Label,
    int QuestionLength,
    IReadOnlyList<int> ResponseLengths,
    IReadOnlyList<MediaItem> Media)
{
    /// <summary>A pair of a file, with what relative paths start at.</summary>
    internal static CheckedItem From(PreferencePair pair, string folder)
    {
        var media = pair.MediaIn(folder).Media;
        return new CheckedItem(
            pair.OriginalId ?? pair.Id.Value,
            Key(pair.Question, pair.Response1, pair.Response2, media.Select(item => item.Path)),
            pair.Label,
            pair.Question.Length,
            [pair.Response1.Length, pair.Response2.Length],
            media);
    }

    /// <summary>An item of a handled set.</summary>
    internal static CheckedItem From(Comparison comparison)
    {
        var (first, second) = (comparison.First.Item, comparison.Second.Item);
        var label = comparison.Labels.TryGetValue(PreferencePair.PreferenceHead, out var said)
            ? said
            : (PreferenceLabel?)null;
        MediaItem[] start = comparison.Start is { } picture ? [picture.Item] : [];
        return new CheckedItem(
            null,
            Key(comparison.Prompt, first.Path, second.Path, start.Select(item => item.Path)),
            label,
            comparison.Prompt.Length,
            [],
            [.. start, first, second]);
    }

    private static string Key(string question, string first, string second, IEnumerable<string> media)
    {
        var (a, b) = string.CompareOrdinal(first, second) <= 0 ? (first, second) : (second, first);
        return string.Join('\0', [question, a, b, .. media]);
    }
}
