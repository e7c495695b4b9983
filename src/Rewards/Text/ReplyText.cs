using System.Globalization;

namespace R1Reward.Rewards.Text;

/// <summary>The text rules that published reward code inherits from Python, kept in one place so that scores agree with it.</summary>
internal static class ReplyText
{
    /// <summary>White space as Python's <c>strip</c> and <c>split</c> see it: Unicode white space and U+001C..U+001F.</summary>
    public static bool IsBlank(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>The text without white space at both ends.</summary>
    public static string Trim(string text)
    {
        var (start, end) = (0, text.Length);
        while (start < end && IsBlank(text[start]))
        {
            start++;
        }

        while (end > start && IsBlank(text[end - 1]))
        {
            end--;
        }

        return text[start..end];
    }

    /// <summary>What stands in the first pair of answer tags, untrimmed; null where no such pair is.</summary>
    public static string? FirstAnswer(string text)
    {
        const string open = "<answer>", close = "</answer>";
        var start = text.IndexOf(open, StringComparison.Ordinal);
        if (start < 0)
        {
            return null;
        }

        start += open.Length;
        var end = text.IndexOf(close, start, StringComparison.Ordinal);
        return end < 0 ? null : text[start..end];
    }

    /// <summary>
    /// Reads a whole number as Python's <c>int</c> does: blanks around it, one sign, decimal digits of any script,
    /// single underscores between digits. Values beyond 9 digits are no answer to anything here and are refused.
    /// </summary>
    public static bool TryInteger(string text, out int value)
    {
        value = 0;
        var body = Trim(text);
        var sign = body.StartsWith('-') ? -1 : 1;
        if (body.Length > 0 && body[0] is '+' or '-')
        {
            body = body[1..];
        }

        var digits = 0;
        for (var i = 0; i < body.Length; i++)
        {
            if (body[i] == '_' && i > 0 && body[i - 1] != '_' && i + 1 < body.Length)
            {
                continue;
            }

            var digit = CharUnicodeInfo.GetDecimalDigitValue(body[i]);
            if (digit < 0 || ++digits > 9)
            {
                return false;
            }

            value = (value * 10) + digit;
        }

        value *= sign;
        return digits > 0;
    }
}
