using System.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// A string that remembers which of its characters are untrusted, that is, come from data and not from a template.
/// Cutting and joining keep the marks, so that after rendering a control token of the template can be distinguished
/// from one that a message contains. Immutable; equality is that of the characters.
/// </summary>
internal sealed class MarkedText : IEquatable<MarkedText>
{
    // Untrusted ranges in order; never empty, never touching.
    private readonly (int Start, int End)[] _untrusted;

    private MarkedText(string value, (int Start, int End)[] untrusted)
    {
        Value = value;
        _untrusted = untrusted;
    }

    /// <summary>The text without characters.</summary>
    public static MarkedText Empty { get; } = Trusted("");

    /// <summary>The characters without their marks.</summary>
    public string Value { get; }

    /// <summary>Whether any character is untrusted.</summary>
    public bool IsMarked => _untrusted.Length > 0;

    /// <summary>Text of a template, none of it untrusted.</summary>
    public static MarkedText Trusted(string value) => new(value, []);

    /// <summary>Text of data, all of it untrusted.</summary>
    public static MarkedText Untrusted(string value) => new(value, value.Length == 0 ? [] : [(0, value.Length)]);

    /// <summary>
    /// Text made from other texts in a way that does not say which character came from which: untrusted if any of them
    /// was.
    /// </summary>
    public static MarkedText Derived(string value, bool untrusted) => untrusted ? Untrusted(value) : Trusted(value);

    /// <summary>The texts one after the other.</summary>
    public static MarkedText Concat(IEnumerable<MarkedText> parts)
    {
        var value = new StringBuilder();
        var untrusted = new List<(int Start, int End)>();
        foreach (var part in parts)
        {
            Effort.Spend(part.Value.Length + 1);
            foreach (var (start, end) in part._untrusted)
            {
                var touches = untrusted.Count > 0 && untrusted[^1].End == value.Length + start;
                if (touches)
                {
                    untrusted[^1] = (untrusted[^1].Start, value.Length + end);
                }
                else
                {
                    untrusted.Add((value.Length + start, value.Length + end));
                }
            }

            value.Append(part.Value);
        }

        return new MarkedText(value.ToString(), [.. untrusted]);
    }

    /// <summary>The characters of a range of UTF-16 units.</summary>
    public MarkedText this[Range range]
    {
        get
        {
            var (offset, length) = range.GetOffsetAndLength(Value.Length);
            if (length == Value.Length)
            {
                return this;
            }

            var untrusted = _untrusted.Select(Within).Where(part => part.Start < part.End);
            return new MarkedText(Value.Substring(offset, length), [.. untrusted]);

            (int Start, int End) Within((int Start, int End) part) =>
                (Math.Max(part.Start, offset) - offset, Math.Min(part.End, offset + length) - offset);
        }
    }

    /// <summary>Whether a range of UTF-16 units holds an untrusted character.</summary>
    public bool IsUntrusted(int start, int end) => _untrusted.Any(part => part.Start < end && start < part.End);

    /// <summary>The whole text as ranges of UTF-16 units, each of one kind, in order.</summary>
    public IEnumerable<(int Start, int End)> Runs()
    {
        var at = 0;
        foreach (var (start, end) in _untrusted)
        {
            if (start > at)
            {
                yield return (at, start);
            }

            yield return (start, end);
            at = end;
        }

        if (at < Value.Length)
        {
            yield return (at, Value.Length);
        }
    }

    /// <summary>One text for each code point.</summary>
    public IEnumerable<MarkedText> Characters()
    {
        for (var at = 0; at < Value.Length;)
        {
            Effort.Spend(Effort.Item);
            var length = char.IsSurrogatePair(Value, at) ? 2 : 1;
            yield return this[at..(at + length)];
            at += length;
        }
    }

    /// <inheritdoc/>
    public bool Equals(MarkedText? other) => other is not null && Value == other.Value;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MarkedText);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
