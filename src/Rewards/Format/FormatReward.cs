using System.Text.RegularExpressions;
using R1Reward.Rewards.Text;

namespace R1Reward.Rewards.Format;

/// <summary>
/// F of the R1 composition: 1 for <c>&lt;think&gt;...&lt;/think&gt;&lt;answer&gt;...&lt;/answer&gt;</c> and nothing else, 0 otherwise (spec 1.4).
/// Blanks around the whole reply are allowed, between the two blocks not. Exactly one opening tag of each kind;
/// closing tags are not counted.
/// </summary>
public static partial class FormatReward
{
    /// <summary>1.0 where the reply is well formed, else 0.0.</summary>
    public static double Score(string reply) => IsWellFormed(reply) ? 1.0 : 0.0;

    /// <summary>Whether the reply passes the strict check after trimming.</summary>
    public static bool IsWellFormed(string reply)
    {
        var text = ReplyText.Trim(reply);
        return Count(text, "<think>") == 1 && Count(text, "<answer>") == 1 && Shape().IsMatch(text);
    }

    private static int Count(string text, string tag)
    {
        var count = 0;
        for (var at = text.IndexOf(tag, StringComparison.Ordinal); at >= 0; at = text.IndexOf(tag, at + tag.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    [GeneratedRegex("^<think>.*?</think><answer>.*?</answer>$", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex Shape();
}
