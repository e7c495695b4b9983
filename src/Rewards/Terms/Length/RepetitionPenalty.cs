using R1Reward.Data.Text;

namespace R1Reward.Rewards.Terms.Length;

/// <summary>
/// A penalty for repeating oneself: <c>MaxPenalty * (1 - distinct n-grams / n-grams)</c> over lower-cased words split
/// at white space; 0 for texts shorter than one n-gram (published but unused there).
/// </summary>
/// <example>"a b c a b c" with n 3 has four trigrams, three of them distinct: -0.25.</example>
public sealed class RepetitionPenalty
{
    private readonly RepetitionOptions _options;

    /// <summary>Creates a penalty with its options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A gram of no words, or a penalty above 0.</exception>
    public RepetitionPenalty(RepetitionOptions? options = null)
    {
        _options = options ?? new RepetitionOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(_options.Words, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(_options.MaxPenalty, 0.0);
    }

    /// <summary>The penalty of one text, from <see cref="RepetitionOptions.MaxPenalty"/> to 0.</summary>
    public double Score(string text)
    {
        var words = Words(text);
        var grams = words.Count - _options.Words + 1;
        if (grams < 1)
        {
            return 0.0;
        }

        var distinct = new HashSet<string>(StringComparer.Ordinal);
        for (var start = 0; start < grams; start++)
        {
            // Words hold no blanks, so a blank joins them without ambiguity.
            distinct.Add(string.Join(' ', words.Skip(start).Take(_options.Words)));
        }

        return _options.MaxPenalty * (1.0 - ((double)distinct.Count / grams));
    }

    private static List<string> Words(string text)
    {
        var words = new List<string>();
        var start = -1;
        for (var i = 0; i <= text.Length; i++)
        {
            var blank = i == text.Length || PythonText.IsBlank(text[i]);
            if (!blank && start < 0)
            {
                start = i;
            }
            else if (blank && start >= 0)
            {
                words.Add(text[start..i].ToLowerInvariant());
                start = -1;
            }
        }

        return words;
    }
}
