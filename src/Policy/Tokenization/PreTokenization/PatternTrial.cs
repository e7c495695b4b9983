using System.Text.RegularExpressions;
using R1Reward.Data;

namespace R1Reward.Policy.Tokenization.PreTokenization;

/// <summary>
/// Tries a split pattern when it is read. Nested repetitions take years for a short text, and which one is found only
/// by matching it: the texts are runs of one character that end otherwise, of every character that the pattern names
/// and of one of each common kind.
/// </summary>
internal static class PatternTrial
{
    private const string CommonKinds = "aA0 \n\t.!_'\u00E9\u4E00";
    private const string End = "\u0001!";
    private const int Length = 64;

    /// <summary>Published patterns take microseconds.</summary>
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    /// <summary>Returns when the pattern has come to an end with all of the texts.</summary>
    /// <exception cref="UserErrorException">It does not come to an end with one of them.</exception>
    public static void Run(string pattern)
    {
        var regex = new Regex(pattern, RegexOptions.CultureInvariant, _patience);
        foreach (var c in (pattern + CommonKinds).Distinct())
        {
            var text = new string(c, Length) + End;
            try
            {
                foreach (var match in regex.EnumerateMatches(text))
                {
                    _ = match;
                }
            }
            catch (RegexMatchTimeoutException slow)
            {
                throw Endless(regex, _patience, text.Length, slow);
            }
        }
    }

    /// <summary>The error that a pattern does not come to an end.</summary>
    public static UserErrorException Endless(Regex pattern, TimeSpan patience, int length, Exception slow) => new(
        $"Tokenizer: the split pattern {pattern} takes more than {patience.TotalSeconds} s for a text of {length} "
        + "characters; use the published files.",
        slow);
}
