using System.Text;
using System.Text.RegularExpressions;

namespace R1Reward.Rewards.Watch;

/// <summary>Figures of a reply's text that move when a policy begins to please a reward instead of the task.</summary>
public static class TextStatistics
{
    private static readonly string[] Reflections =
        ["let me think", "let me reconsider", "actually", "wait", "correction", "mistake", "wrong", "rethink"];

    // Letters, numbers and the underscore make words, combining marks do not.
    private static readonly Dictionary<string, Regex> Patterns = Reflections.ToDictionary(
        words => words.Replace(' ', '_'),
        words => new Regex(
            @"(?<![\p{L}\p{N}_])" + words.Replace(" ", @"[\s\x1c-\x1f]+") + @"(?![\p{L}\p{N}_])",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant));

    /// <summary>
    /// How much a text repeats itself, 0-1: the share of its substrings (Unicode code points, each with its place) that
    /// occurred before.
    /// </summary>
    /// <example>"aaaa": of ten substrings four are distinct, 0.6. "abcd": 0.</example>
    public static double RepeatScore(string text) => RepeatScore(text, new SubstringCounter());

    /// <summary><see cref="RepeatScore(string)"/> with a counter that others have used before.</summary>
    internal static double RepeatScore(string text, SubstringCounter substrings)
    {
        substrings.Clear();
        var count = 0L;
        foreach (var rune in text.EnumerateRunes())
        {
            substrings.Add(rune.Value);
            count++;
        }

        return count == 0 ? 0.0 : 1.0 - (substrings.Distinct / (count * (count + 1) / 2.0));
    }

    /// <summary>
    /// How often each of the words and phrases occurs with which models turn back on themselves, by name
    /// (<c>let_me_think</c>).
    /// </summary>
    public static IReadOnlyDictionary<string, int> ReflectionWords(string text) =>
        Patterns.ToDictionary(pattern => pattern.Key, pattern => pattern.Value.Count(text));

    /// <summary>Sample deviation of the log-probabilities of a trace's tokens; 0 for fewer than two.</summary>
    public static double LogProbDeviation(IReadOnlyCollection<float> logProbs)
    {
        if (logProbs.Count < 2)
        {
            return 0.0;
        }

        var mean = logProbs.Average(logProb => (double)logProb);
        return Math.Sqrt(logProbs.Sum(logProb => (logProb - mean) * (logProb - mean)) / (logProbs.Count - 1));
    }
}
