using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Validation;

/// <summary>What validation looks at of one pair, from whatever file it comes.</summary>
/// <param name="Id">The id that the file gives it, or that is made of its place and content.</param>
/// <param name="Content">What tells it from other pairs, whatever the order of its candidates.</param>
/// <param name="QuestionLength">Characters of the question.</param>
/// <param name="ResponseLengths">Characters of each response; none where the responses are media.</param>
/// <param name="Media">Pictures, videos and sounds, with absolute paths.</param>
internal sealed record CheckedItem(
    string Id,
    string Content,
    int QuestionLength,
    IReadOnlyList<int> ResponseLengths,
    IReadOnlyList<MediaItem> Media)
{
    /// <summary>What is looked at of a pair whose media have absolute paths.</summary>
    internal static CheckedItem From(PreferencePair pair) => new(
        pair.OriginalId ?? pair.Id.Value,
        Key(pair),
        pair.Question.Length,
        pair.AnswersWithMedia() && pair is { Response1: "", Response2: "" }
            ? []
            : [pair.Response1.Length, pair.Response2.Length],
        pair.AllMedia());

    private static string Key(PreferencePair pair)
    {
        var first = string.Join('\0', [pair.Response1, .. pair.Media1.Select(item => item.Path)]);
        var second = string.Join('\0', [pair.Response2, .. pair.Media2.Select(item => item.Path)]);
        var (a, b) = string.CompareOrdinal(first, second) <= 0 ? (first, second) : (second, first);
        return string.Join('\u0001', [pair.Question, a, b, .. pair.Media.Select(item => item.Path)]);
    }
}
