using R1Reward.Data.Pairs;
using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Result;

/// <summary>
/// The canonical phrases by which LightRFT's judges name the better candidate, and how they are found in a reply.
/// </summary>
public static class AnswerPhrases
{
    private const string Open = "<answer>", Close = "</answer>";

    private static readonly string[] Media = ["Image", "Video"];

    /// <summary>The tie phrase of the published training rule.</summary>
    public const string Tie = "Both are equally good";

    /// <summary>What a phrase says; null for any other text. Case and blanks count.</summary>
    public static PreferenceLabel? Read(string phrase, TiePhrases ties = TiePhrases.Any)
    {
        if (Media.Any(medium => phrase == Better(medium, 1)))
        {
            return PreferenceLabel.First;
        }

        if (Media.Any(medium => phrase == Better(medium, 2)))
        {
            return PreferenceLabel.Second;
        }

        var isTie = phrase == Tie || (ties == TiePhrases.Any && Media.Any(medium => phrase == Equal(medium)));
        return isTie ? PreferenceLabel.Tie : null;
    }

    /// <summary>The phrase that is right for a label, in the words of the benchmarks.</summary>
    /// <param name="medium"><c>Image</c> or <c>Video</c>.</param>
    /// <param name="label">The preferred candidate.</param>
    public static string Phrase(string medium, PreferenceLabel label) => label switch
    {
        PreferenceLabel.First => Better(medium, 1),
        PreferenceLabel.Second => Better(medium, 2),
        _ => Equal(medium),
    };

    /// <summary>
    /// What stands in the last answer tags, trimmed; a missing closing tag ends at the end of the reply. Null without
    /// an opening tag.
    /// </summary>
    public static string? LastTag(string reply)
    {
        string? last = null;
        for (var start = reply.IndexOf(Open, StringComparison.Ordinal); start >= 0;)
        {
            var from = start + Open.Length;
            var end = reply.IndexOf(Close, from, StringComparison.Ordinal);
            last = PythonText.Strip(end < 0 ? reply[from..] : reply[from..end]);
            start = end < 0 ? -1 : reply.IndexOf(Open, end, StringComparison.Ordinal);
        }

        return last;
    }

    /// <summary>
    /// How the published benchmarks read a reply: what stands in the first answer tags, else the last known phrase
    /// anywhere in any case, in its canonical form; null where there is neither.
    /// </summary>
    public static string? Extract(string reply, string medium)
    {
        var start = reply.IndexOf(Open, StringComparison.Ordinal);
        var end = start < 0 ? -1 : reply.IndexOf(Close, start + Open.Length, StringComparison.Ordinal);
        return end >= 0 && PythonText.Strip(reply[(start + Open.Length)..end]) is { Length: > 0 } tag
            ? tag
            : new[] { Better(medium, 1), Better(medium, 2), Equal(medium) }
                .Select(phrase => (Phrase: phrase, At: reply.LastIndexOf(phrase, StringComparison.OrdinalIgnoreCase)))
                .Where(found => found.At >= 0)
                .OrderBy(found => found.At)
                .LastOrDefault().Phrase;
    }

    private static string Better(string medium, int number) => $"{medium} {number} is better";

    private static string Equal(string medium) => $"Both {medium.ToLowerInvariant()}s are equally good";
}
