using System.Numerics;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>
/// What operators do with values: Python's rules, with undefined values that compare and count as nothing but cannot be
/// computed with.
/// </summary>
internal static class Operators
{
    /// <summary>Whether a value counts as true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        long number => number != 0,
        double number => number != 0,
        MarkedText text => text.Value.Length > 0,
        JinjaList list => list.Items.Count > 0,
        JinjaMapping mapping => mapping.Count > 0,
        _ => true,
    };

    /// <summary>The name that Python gives the type of a value.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "None",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        MarkedText => "str",
        JinjaList list => list.IsTuple ? "tuple" : "list",
        JinjaMapping => "dict",
        JinjaNamespace => "namespace",
        Undefined => "Undefined",
        _ => "object",
    };

    /// <summary>The parts of a value that a loop goes through: items, keys or characters.</summary>
    /// <exception cref="JinjaException">The value has no parts.</exception>
    public static IEnumerable<object?> Iterate(object? value) => value switch
    {
        JinjaList list => (IEnumerable<object?>)list.Items,
        JinjaMapping mapping => mapping.Keys,
        MarkedText text => text.Characters(),
        Undefined => Array.Empty<object?>(),
        _ => throw new JinjaException($"a value of type {TypeName(value)} cannot be iterated"),
    };

    /// <summary>The number of parts of a value.</summary>
    /// <exception cref="JinjaException">The value has no parts.</exception>
    public static long Length(object? value) => value switch
    {
        JinjaMapping mapping => mapping.Count,
        _ => Iterate(value).LongCount(),
    };

    /// <summary>The result of <c>-</c>, <c>+</c> or <c>not</c>.</summary>
    /// <exception cref="JinjaException">The operand is no number.</exception>
    public static object? Unary(string sign, object? operand) => (sign, Number(operand)) switch
    {
        ("not", _) => !IsTrue(operand),
        ("-", long number) => -number,
        ("-", double number) => -number,
        ("+", { } number) => number,
        _ => throw Unsuited(sign, operand),
    };

    /// <summary>The result of arithmetic, or of joining texts and lists.</summary>
    /// <exception cref="JinjaException">The operands do not go together, or the result is too large.</exception>
    public static object? Binary(string sign, object? left, object? right)
    {
        try
        {
            return (sign, left, right) switch
            {
                ("~", _, _) => MarkedText.Concat([Printer.Print(left), Printer.Print(right)]),
                ("+", MarkedText first, MarkedText second) => MarkedText.Concat([first, second]),
                ("+", JinjaList first, JinjaList second) when first.IsTuple == second.IsTuple =>
                    new JinjaList([.. first.Items, .. second.Items], first.IsTuple),
                ("*", MarkedText or JinjaList, _) when Number(right) is long times =>
                    Repeat(left, checked((int)Math.Max(times, 0))),
                ("*", _, MarkedText or JinjaList) when Number(left) is long => Binary(sign, right, left),
                _ => Arithmetic(sign, left, right),
            };
        }
        catch (OverflowException)
        {
            throw new JinjaException($"the result of '{sign}' is too large");
        }
    }

    /// <summary>A comparison: <c>== != &lt; &lt;= &gt; &gt;= in</c> or <c>not in</c>.</summary>
    /// <exception cref="JinjaException">The operands have no order, or nothing can be in the right one.</exception>
    public static bool Compare(string sign, object? left, object? right) => sign switch
    {
        "==" => AreEqual(left, right),
        "!=" => !AreEqual(left, right),
        "in" => Contains(right, left),
        "not in" => !Contains(right, left),
        "<" => Order(left, right) < 0,
        "<=" => Order(left, right) <= 0,
        ">" => Order(left, right) > 0,
        _ => Order(left, right) >= 0,
    };

    /// <summary>Whether two values are equal; numbers of different types are by their size.</summary>
    public static bool AreEqual(object? left, object? right)
    {
        Nesting.Guard();
        Effort.Spend(1);
        return (left, right) switch
        {
            (JinjaList first, JinjaList second) => first.IsTuple == second.IsTuple
                && first.Items.Count == second.Items.Count
                && first.Items.Zip(second.Items).All(pair => AreEqual(pair.First, pair.Second)),
            (JinjaMapping first, JinjaMapping second) => first.Count == second.Count
                && first.Entries.All(entry => second.TryGet(entry.Key, out var value) && AreEqual(entry.Value, value)),
            (Undefined, Undefined) => true,
            _ when Number(left) is { } first && Number(right) is { } second =>
                first is long a && second is long b ? a == b : ToReal(first) == ToReal(second),
            _ => Equals(left, right),
        };
    }

    /// <summary>Below, at or above zero as left comes before, with or after right.</summary>
    /// <exception cref="JinjaException">They have no order.</exception>
    public static int Order(object? left, object? right) => (left, right) switch
    {
        (MarkedText first, MarkedText second) => string.CompareOrdinal(first.Value, second.Value),
        (JinjaList first, JinjaList second) when first.IsTuple == second.IsTuple => OrderLists(first, second),
        _ when Number(left) is { } first && Number(right) is { } second =>
            first is long a && second is long b ? a.CompareTo(b) : ToReal(first).CompareTo(ToReal(second)),
        _ => throw Unsuited("<", left, right),
    };

    /// <summary>A number with a fraction; null for what is no number.</summary>
    public static double? Real(object? value) => Number(value) is { } number ? ToReal(number) : null;

    // By the first items that differ; of two lists that agree so far the shorter one comes first.
    private static int OrderLists(JinjaList left, JinjaList right) => left.Items.Zip(right.Items)
        .Select(pair => AreEqual(pair.First, pair.Second) ? 0 : Order(pair.First, pair.Second))
        .FirstOrDefault(order => order != 0, left.Items.Count.CompareTo(right.Items.Count));

    private static bool Contains(object? whole, object? part) => (whole, part) switch
    {
        (MarkedText text, MarkedText piece) => text.Value.Contains(piece.Value, StringComparison.Ordinal),
        (JinjaMapping mapping, _) => mapping.TryGet(part, out _),
        (JinjaList or Undefined, _) => Iterate(whole).Any(item => AreEqual(item, part)),
        _ => throw Unsuited("in", part, whole),
    };

    private static object Arithmetic(string sign, object? left, object? right) =>
        (sign, Number(left), Number(right)) switch
        {
            (_, null, _) or (_, _, null) => throw Unsuited(sign, left, right),
            ("/" or "//" or "%", _, { } divisor) when ToReal(divisor) == 0 =>
                throw new JinjaException("division by zero"),
            ("+", long a, long b) => (object)checked(a + b),
            ("-", long a, long b) => checked(a - b),
            ("*", long a, long b) => checked(a * b),
            ("//", long a, long b) => checked((long)BigInteger.Divide(a - Modulo(a, b), b)),
            ("%", long a, long b) => Modulo(a, b),
            ("**", long a, >= 0L and <= 64L and var b) => checked((long)BigInteger.Pow(a, (int)(long)b)),
            ("+", { } a, { } b) => ToReal(a) + ToReal(b),
            ("-", { } a, { } b) => ToReal(a) - ToReal(b),
            ("*", { } a, { } b) => ToReal(a) * ToReal(b),
            ("/", { } a, { } b) => ToReal(a) / ToReal(b),
            ("//", { } a, { } b) => Math.Floor(ToReal(a) / ToReal(b)),
            ("%", { } a, { } b) => ToReal(a) - (ToReal(b) * Math.Floor(ToReal(a) / ToReal(b))),
            ("**", { } a, { } b) => Math.Pow(ToReal(a), ToReal(b)),
            _ => throw new ArgumentOutOfRangeException(nameof(sign), sign, null),
        };

    // The sign of the divisor, as in Python.
    private static long Modulo(long number, long divisor) => ((number % divisor) + divisor) % divisor;

    private static object Repeat(object? whole, int times)
    {
        var list = whole as JinjaList;
        Effort.Spend((Int128)times * (list?.Items.Count ?? ((MarkedText)whole!).Value.Length));
        return list is not null
            ? new JinjaList([.. Enumerable.Repeat(list.Items, times).SelectMany(items => items)], list.IsTuple)
            : MarkedText.Concat(Enumerable.Repeat((MarkedText)whole!, times));
    }

    private static object? Number(object? value) => value switch
    {
        bool flag => flag ? 1L : 0L,
        long or double => value,
        _ => null,
    };

    private static double ToReal(object number) => number is long whole ? whole : (double)number;

    private static JinjaException Unsuited(string sign, params ReadOnlySpan<object?> operands)
    {
        foreach (var operand in operands)
        {
            if (operand is Undefined undefined)
            {
                return new JinjaException(undefined.Reason);
            }
        }

        return new JinjaException($"'{sign}' does not fit {string.Join(" and ", operands.ToArray().Select(TypeName))}");
    }
}
