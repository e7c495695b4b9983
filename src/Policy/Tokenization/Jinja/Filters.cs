using R1Reward.Data.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The filters of templates: <c>value | name(arguments)</c>.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<object?, Arguments, object?>> _filters = new()
    {
        ["abs"] = (value, _) => Absolute(value),
        ["capitalize"] = (value, _) => TextMethods.Capitalize(Printer.Print(value)),
        ["count"] = (value, _) => Operators.Length(value),
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = ListFilters.SortEntries,
        ["first"] = (value, _) => Operators.Iterate(value).FirstOrDefault(new Undefined("there is no first item")),
        ["float"] = (value, arguments) => Real(value) ?? arguments.Get(0, "default", 0.0),
        ["indent"] = Indent,
        ["int"] = (value, arguments) => Whole(value) ?? arguments.Get(0, "default", 0L),
        ["items"] = (value, _) => value is Undefined ? new JinjaList([]) : Members.Entries(Mapping(value)),
        ["join"] = ListFilters.Join,
        ["last"] = (value, _) => Operators.Iterate(value).LastOrDefault(new Undefined("there is no last item")),
        ["length"] = (value, _) => Operators.Length(value),
        ["list"] = (value, _) => new JinjaList([.. Operators.Iterate(value)]),
        ["lower"] = (value, _) => TextMethods.Lower(Printer.Print(value)),
        ["map"] = ListFilters.Map,
        ["max"] = (value, arguments) => ListFilters.Extreme(value, arguments, isLargest: true),
        ["min"] = (value, arguments) => ListFilters.Extreme(value, arguments, isLargest: false),
        ["reject"] = (value, arguments) => ListFilters.Select(value, arguments, ofAttribute: false, keeps: false),
        ["rejectattr"] = (value, arguments) => ListFilters.Select(value, arguments, ofAttribute: true, keeps: false),
        ["replace"] = Replace,
        ["reverse"] = (value, _) => Reverse(value),
        ["round"] = Round,
        ["safe"] = (value, _) => Printer.Print(value),
        ["select"] = (value, arguments) => ListFilters.Select(value, arguments, ofAttribute: false, keeps: true),
        ["selectattr"] = (value, arguments) => ListFilters.Select(value, arguments, ofAttribute: true, keeps: true),
        ["sort"] = ListFilters.Sort,
        ["string"] = (value, _) => Printer.Print(value),
        ["sum"] = ListFilters.Sum,
        ["title"] = (value, _) => TextMethods.TitleWords(Printer.Print(value)),
        ["tojson"] = ToJson,
        ["trim"] = (value, arguments) => TextMethods.Strip(Printer.Print(value), arguments.Get(0, "chars")),
        ["unique"] = ListFilters.Unique,
        ["upper"] = (value, _) => TextMethods.Upper(Printer.Print(value)),
    };

    /// <summary>The result of a filter.</summary>
    /// <exception cref="JinjaException">There is no such filter, or it does not fit the value.</exception>
    public static object? Apply(string name, object? value, Arguments arguments) =>
        _filters.TryGetValue(name, out var filter)
            ? filter(value, arguments)
            : throw new JinjaException($"there is no filter '{name}'");

    /// <summary>The value as a mapping.</summary>
    /// <exception cref="JinjaException">It is none.</exception>
    internal static JinjaMapping Mapping(object? value) => value as JinjaMapping
        ?? throw new JinjaException($"a dictionary is needed, not a value of type {Operators.TypeName(value)}");

    private static object? Absolute(object? value)
    {
        var isNegative = value is long or double && Operators.Order(value, 0L) < 0;
        return Operators.Unary(isNegative ? "-" : "+", value);
    }

    private static object? Default(object? value, Arguments arguments)
    {
        var isMissing = value is Undefined || (arguments.Flag(1, "boolean") && !Operators.IsTrue(value));
        return isMissing ? arguments.Get(0, "default_value", MarkedText.Empty) : value;
    }

    private static MarkedText Replace(object? value, Arguments arguments) => TextMethods.Replace(
        Printer.Print(value),
        Printer.Print(arguments.Require(0, "old")),
        Printer.Print(arguments.Require(1, "new")),
        arguments.Whole(2, "count", -1));

    private static object? Reverse(object? value) => value is MarkedText
        ? Members.Slice(value, null, null, -1)
        : new JinjaList([.. Operators.Iterate(value).Reverse()]);

    private static object? Round(object? value, Arguments arguments) => value is double number
        ? Math.Round(number, (int)Math.Clamp(arguments.Whole(0, "precision", 0), 0, 15))
        : Operators.Unary("+", value);

    private static MarkedText ToJson(object? value, Arguments arguments) =>
        JsonPrinter.Print(value, arguments.Get(3, "indent") as long?);

    private static MarkedText Indent(object? value, Arguments arguments)
    {
        var text = value as MarkedText
            ?? throw new JinjaException($"a value of type {Operators.TypeName(value)} has no lines to indent");
        var space = arguments.Get(0, "width", 4L) is MarkedText given
            ? given.Value
            : Spaces(arguments.Whole(0, "width", 4));
        var first = arguments.Flag(1, "first");
        var blank = arguments.Flag(2, "blank");
        var lines = TextMethods.Lines(MarkedText.Concat([text, MarkedText.Trusted("\n")])).ToList();
        return TextMethods.Join(MarkedText.Trusted("\n"), lines.Select((line, i) =>
        {
            var isIndented = i == 0 ? first : blank || line.Value.Length > 0;
            return isIndented ? MarkedText.Concat([MarkedText.Trusted(space), line]) : line;
        }));
    }

    private static string Spaces(long count)
    {
        Effort.Spend(Math.Max(0, count));
        return new string(' ', (int)Math.Max(0, count));
    }

    private static object? Whole(object? value)
    {
        switch (value)
        {
            case long:
                return value;
            case bool flag:
                return flag ? 1L : 0L;
            case double number when Math.Abs(number) < long.MaxValue:
                return (long)number;
            case Undefined undefined:
                throw new JinjaException(undefined.Reason);
            case MarkedText text when PythonText.ToInt(text.Value) is { } whole:
                return whole;
            case MarkedText text when PythonText.ToFloat(text.Value) is { } real:
                return Whole(real);
            default:
                return null;
        }
    }

    private static double? Real(object? value) => value switch
    {
        MarkedText text => PythonText.ToFloat(text.Value),
        Undefined undefined => throw new JinjaException(undefined.Reason),
        _ => Operators.Real(value),
    };
}
