using System.Globalization;

namespace R1Reward.Rewards.Terms.Maths;

/// <summary>
/// Works out a plain arithmetic expression: + - * / ^, parentheses, sqrt, pi, products without a sign (2pi). Nothing
/// else.
/// </summary>
internal ref struct MathsExpression
{
    private readonly ReadOnlySpan<char> _text;
    private int _at;

    private MathsExpression(ReadOnlySpan<char> text) => _text = text;

    /// <summary>The value; null for anything that is no such expression or has no finite value.</summary>
    public static double? Value(string text)
    {
        var expression = new MathsExpression(text);
        return expression.Sum() is { } value && expression._at == text.Length && double.IsFinite(value) ? value : null;
    }

    private double? Sum()
    {
        var value = Product();
        while (value is not null && Next() is '+' or '-')
        {
            var sign = _text[_at++] == '+' ? 1 : -1;
            value += sign * Product();
        }

        return value;
    }

    private double? Product()
    {
        var value = Signed();
        while (value is not null && Next() is var next && (next is '*' or '/' || next is '(' or 's' or 'p'))
        {
            _at += next is '*' or '/' ? 1 : 0;
            value = next == '/' ? value / Signed() : value * Signed();
        }

        return value;
    }

    private double? Signed()
    {
        if (Next() is '-' or '+')
        {
            return _text[_at++] == '-' ? -Signed() : Signed();
        }

        var value = Atom();
        if (value is { } power && Next() == '^')
        {
            _at++;
            return Signed() is { } exponent ? Math.Pow(power, exponent) : null;
        }

        return value;
    }

    private double? Atom()
    {
        if (Take("sqrt"))
        {
            return Atom() is { } root ? Math.Sqrt(root) : null;
        }

        if (Take("pi"))
        {
            return Math.PI;
        }

        if (Take("("))
        {
            return Sum() is { } inner && Take(")") ? inner : null;
        }

        var start = _at;
        while (Next() is >= '0' and <= '9' or '.')
        {
            _at++;
        }

        var digits = _text[start.._at];
        return double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
    }

    private bool Take(string word)
    {
        var there = _text[_at..].StartsWith(word, StringComparison.Ordinal);
        _at += there ? word.Length : 0;
        return there;
    }

    private readonly char Next() => _at < _text.Length ? _text[_at] : '\0';
}
