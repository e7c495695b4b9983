using R1Reward.Data.Pairs;

namespace R1Reward.Data.Prompts;

/// <summary>
/// Puts the media of responses into a prompt. A template, whatever it is written in, places texts only: a character of
/// Unicode's private area stands for the media of each response until it has.
/// </summary>
internal static class ResponseMedia
{
    private const char First = '\uE001', Second = '\uE002';

    /// <summary>The filled prompt with the media of each response before its text.</summary>
    /// <param name="pair">The pair; these two characters are taken out of its texts.</param>
    /// <param name="fill">Fills the template with a question and two responses.</param>
    internal static IEnumerable<ContentPart> Placed(
        PreferencePair pair, Func<string, string, string, IReadOnlyList<TextPart>> fill)
    {
        foreach (var part in fill(Plain(pair.Question), First + Plain(pair.Response1), Second + Plain(pair.Response2)))
        {
            var start = 0;
            for (var at = Next(part.Text, 0); at >= 0; at = Next(part.Text, start))
            {
                if (at > start)
                {
                    yield return part with { Text = part.Text[start..at] };
                }

                foreach (var item in part.Text[at] == First ? pair.Media1 : pair.Media2)
                {
                    yield return new MediaPart(item);
                }

                start = at + 1;
            }

            if (start == 0 || start < part.Text.Length)
            {
                yield return part with { Text = part.Text[start..] };
            }
        }
    }

    private static int Next(string text, int start) => text.IndexOfAny([First, Second], start);

    private static string Plain(string text) =>
        text.Replace($"{First}", "", StringComparison.Ordinal).Replace($"{Second}", "", StringComparison.Ordinal);
}
