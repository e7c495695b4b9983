using System.Numerics;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The tests: <c>value is name(argument)</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object?, Arguments, bool>> _tests = new()
    {
        ["boolean"] = (value, _) => value is bool,
        ["callable"] = (value, _) => value is JinjaFunction,
        ["defined"] = (value, _) => value is not Undefined,
        ["divisibleby"] = (value, arguments) => HasRemainder(value, arguments.Require(0, "num"), 0L),
        ["even"] = (value, _) => HasRemainder(value, 2L, 0L),
        ["odd"] = (value, _) => HasRemainder(value, 2L, 1L),
        ["false"] = (value, _) => value is false,
        ["true"] = (value, _) => value is true,
        ["float"] = (value, _) => value is double,
        ["integer"] = (value, _) => value is long or BigInteger,
        ["number"] = (value, _) => value is long or BigInteger or double or bool,
        ["iterable"] = (value, _) => value is MarkedText or JinjaList or JinjaMapping or Undefined,
        ["sequence"] = (value, _) => value is MarkedText or JinjaList or JinjaMapping or Undefined,
        ["mapping"] = (value, _) => value is JinjaMapping,
        ["none"] = (value, _) => value is null,
        ["string"] = (value, _) => value is MarkedText,
        ["undefined"] = (value, _) => value is Undefined,
        ["lower"] = (value, _) => Printer.Print(value) is var text && text.Equals(TextMethods.Lower(text)),
        ["upper"] = (value, _) => Printer.Print(value) is var text && text.Equals(TextMethods.Upper(text)),
        ["sameas"] = (value, arguments) => IsSame(value, arguments.Require(0, "other")),
    };

    private static readonly Dictionary<string, string> _comparisons = new()
    {
        ["eq"] = "==",
        ["equalto"] = "==",
        ["=="] = "==",
        ["ne"] = "!=",
        ["!="] = "!=",
        ["lt"] = "<",
        ["lessthan"] = "<",
        ["<"] = "<",
        ["le"] = "<=",
        ["<="] = "<=",
        ["gt"] = ">",
        ["greaterthan"] = ">",
        [">"] = ">",
        ["ge"] = ">=",
        [">="] = ">=",
        ["in"] = "in",
    };

    /// <summary>Whether a test holds for a value.</summary>
    /// <exception cref="JinjaException">There is no such test, or it does not fit the value.</exception>
    public static bool Holds(string name, object? value, Arguments arguments)
    {
        if (_tests.TryGetValue(name, out var test))
        {
            return test(value, arguments);
        }

        return _comparisons.TryGetValue(name, out var sign)
            ? Operators.Compare(sign, value, arguments.Require(0, "other"))
            : throw new JinjaException($"there is no test '{name}'");
    }

    private static bool HasRemainder(object? value, object? divisor, long remainder) =>
        Operators.AreEqual(Operators.Binary("%", value, divisor), remainder);

    private static bool IsSame(object? value, object? other) =>
        ReferenceEquals(value, other) || (value is bool && Equals(value, other));
}
