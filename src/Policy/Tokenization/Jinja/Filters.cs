using R1Reward.Data.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The filters: <c>value | name(arguments)</c>.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<object?, Arguments, object?>> _filters = new()
    {
        ["abs"] = (value, _) => value is long or double && Operators.Order(value, 0L) < 0 ? Operators.Unary("-", value) : Operators.Unary("+", value),
        ["capitalize"] = (value, _) => TextMethods.Capitalize(Printer.Print(value)),
        ["count"] = (value, _) => Operators.Length(value),
        ["d"] = Default,
        ["default"] = Default,
        ["dictsort"] = (value, arguments) => Sorted(Members.Entries(Mapping(value)).Items, arguments.Flag(0, "case_sensitive"), arguments.Flag(2, "reverse"), item => Operators.Iterate(item).First()),
        ["first"] = (value, _) => Operators.Iterate(value).FirstOrDefault(new Undefined("there is no first item")),
        ["float"] = (value, arguments) => Real(value) ?? arguments.Get(0, "default", 0.0),
        ["indent"] = (value, arguments) => Indent(value as MarkedText ?? throw new JinjaException($"a value of type {Operators.TypeName(value)} has no lines to indent"), arguments),
        ["int"] = (value, arguments) => Whole(value) ?? arguments.Get(0, "default", 0L),
        ["items"] = (value, _) => value is Undefined ? new JinjaList([]) : Members.Entries(Mapping(value)),
        ["join"] = (value, arguments) => TextMethods.Join(
            Printer.Print(arguments.Get(0, "d", MarkedText.Empty)), Operators.Iterate(value).Select(Key(arguments.Get(1, "attribute"))).Select(Printer.Print)),
        ["last"] = (value, _) => Operators.Iterate(value).LastOrDefault(new Undefined("there is no last item")),
        ["length"] = (value, _) => Operators.Length(value),
        ["list"] = (value, _) => new JinjaList([.. Operators.Iterate(value)]),
        ["lower"] = (value, _) => TextMethods.Lower(Printer.Print(value)),
        ["map"] = Map,
        ["max"] = (value, arguments) => Sorted(Operators.Iterate(value), arguments.Flag(0, "case_sensitive"), true, Key(arguments.Get(1, "attribute"))).Items.FirstOrDefault(new Undefined("there is no largest item")),
        ["min"] = (value, arguments) => Sorted(Operators.Iterate(value), arguments.Flag(0, "case_sensitive"), false, Key(arguments.Get(1, "attribute"))).Items.FirstOrDefault(new Undefined("there is no smallest item")),
        ["reject"] = (value, arguments) => Select(value, arguments, ofAttribute: false, keeps: false),
        ["rejectattr"] = (value, arguments) => Select(value, arguments, ofAttribute: true, keeps: false),
        ["replace"] = (value, arguments) => TextMethods.Replace(Printer.Print(value), Printer.Print(arguments.Require(0, "old")), Printer.Print(arguments.Require(1, "new")), arguments.Whole(2, "count", -1)),
        ["reverse"] = (value, _) => value is MarkedText ? Members.Slice(value, null, null, -1) : new JinjaList([.. Operators.Iterate(value).Reverse()]),
        ["round"] = (value, arguments) => value is double number ? Math.Round(number, (int)Math.Clamp(arguments.Whole(0, "precision", 0), 0, 15)) : Operators.Unary("+", value),
        ["safe"] = (value, _) => Printer.Print(value),
        ["select"] = (value, arguments) => Select(value, arguments, ofAttribute: false, keeps: true),
        ["selectattr"] = (value, arguments) => Select(value, arguments, ofAttribute: true, keeps: true),
        ["sort"] = (value, arguments) => Sorted(Operators.Iterate(value), arguments.Flag(1, "case_sensitive"), arguments.Flag(0, "reverse"), Key(arguments.Get(2, "attribute"))),
        ["string"] = (value, _) => Printer.Print(value),
        ["sum"] = (value, arguments) => Operators.Iterate(value).Select(Key(arguments.Get(0, "attribute"))).Aggregate(arguments.Get(1, "start", 0L), (sum, item) => Operators.Binary("+", sum, item)),
        ["title"] = (value, _) => TextMethods.TitleWords(Printer.Print(value)),
        ["tojson"] = (value, arguments) => JsonPrinter.Print(value, arguments.Get(3, "indent") is long spaces ? (int)spaces : null),
        ["trim"] = (value, arguments) => TextMethods.Strip(Printer.Print(value), arguments.Get(0, "chars")),
        ["unique"] = (value, arguments) => new JinjaList([.. Operators.Iterate(value).DistinctBy(item => Printer.Print(Folded(item, arguments.Flag(0, "case_sensitive"))))]),
        ["upper"] = (value, _) => TextMethods.Upper(Printer.Print(value)),
    };

    /// <summary>What a filter makes of a value.</summary>
    /// <exception cref="JinjaException">There is no such filter, or it does not fit the value.</exception>
    public static object? Apply(string name, object? value, Arguments arguments) =>
        (_filters.GetValueOrDefault(name) ?? throw new JinjaException($"there is no filter '{name}'"))(value, arguments);

    private static object? Default(object? value, Arguments arguments) =>
        value is Undefined || (arguments.Flag(1, "boolean") && !Operators.IsTrue(value)) ? arguments.Get(0, "default_value", MarkedText.Empty) : value;

    // The first argument names a filter, the others are the filter's; or `attribute` names what is taken of each item.
    private static JinjaList Map(object? value, Arguments arguments)
    {
        if (arguments.Named.TryGetValue("attribute", out var attribute))
        {
            var key = Key(attribute);
            var otherwise = arguments.Named.GetValueOrDefault("default");
            return new JinjaList([.. Items(value).Select(key).Select(item => item is Undefined && otherwise is not null ? otherwise : item)]);
        }

        var name = arguments.Text(0, "filter").Value;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return new JinjaList([.. Items(value).Select(item => Apply(name, item, rest))]);
    }

    // Arguments: the attribute if one is looked at, then a test and its arguments; without a test, what counts as true is kept.
    private static JinjaList Select(object? value, Arguments arguments, bool ofAttribute, bool keeps)
    {
        var key = Key(ofAttribute ? arguments.Require(0, "attribute") : null);
        var rest = arguments.Positional.Skip(ofAttribute ? 1 : 0).ToList();
        return new JinjaList([.. Items(value).Where(item => keeps == Passes(key(item)))]);

        bool Passes(object? item) => rest.Count == 0
            ? Operators.IsTrue(item)
            : Tests.Holds(Printer.Print(rest[0]).Value, item, arguments with { Positional = rest[1..] });
    }

    // None counts as an empty list.
    private static IEnumerable<object?> Items(object? value) => Operators.IsTrue(value) ? Operators.Iterate(value) : [];

    private static JinjaList Sorted(IEnumerable<object?> items, bool caseSensitive, bool reverse, Func<object?, object?> key)
    {
        var order = Comparer<object?>.Create(Operators.Order);
        object? KeyOf(object? item) => Folded(key(item), caseSensitive);
        try
        {
            return new JinjaList([.. reverse ? items.OrderByDescending(KeyOf, order) : items.OrderBy(KeyOf, order)]);
        }
        catch (InvalidOperationException error) when (error.InnerException is JinjaException unordered)
        {
            throw unordered;
        }
    }

    private static object? Folded(object? value, bool caseSensitive) => value is MarkedText text && !caseSensitive ? TextMethods.Lower(text) : value;

    // A path of attributes with dots, a number for an index; null: the item itself.
    private static Func<object?, object?> Key(object? attribute) => attribute switch
    {
        null => item => item,
        MarkedText path => item => path.Value.Split('.').Aggregate(item, (value, name) => Members.Item(value, PythonText.ToInt(name) is { } index ? index : MarkedText.Trusted(name))),
        _ => item => Members.Item(item, attribute),
    };

    private static MarkedText Indent(MarkedText text, Arguments arguments)
    {
        var space = MarkedText.Trusted(arguments.Get(0, "width", 4L) is MarkedText given ? given.Value : new string(' ', (int)arguments.Whole(0, "width", 4)));
        var (first, blank) = (arguments.Flag(1, "first"), arguments.Flag(2, "blank"));
        var lines = TextMethods.Lines(MarkedText.Concat([text, MarkedText.Trusted("\n")])).ToList();
        return TextMethods.Join(MarkedText.Trusted("\n"), lines.Select((line, i) =>
            (i == 0 ? first : blank || line.Value.Length > 0) ? MarkedText.Concat([space, line]) : line));
    }

    private static object? Whole(object? value) => value switch
    {
        long => value,
        bool flag => flag ? 1L : 0L,
        double number when Math.Abs(number) < long.MaxValue => (long)number,
        Undefined undefined => throw new JinjaException(undefined.Reason),
        MarkedText text => PythonText.ToInt(text.Value) ?? (PythonText.ToFloat(text.Value) is { } real ? Whole(real) : null),
        _ => null,
    };

    private static double? Real(object? value) => value switch
    {
        MarkedText text => PythonText.ToFloat(text.Value),
        Undefined undefined => throw new JinjaException(undefined.Reason),
        _ => Operators.Real(value),
    };

    private static JinjaMapping Mapping(object? value) =>
        value as JinjaMapping ?? throw new JinjaException($"a dictionary is needed, not a value of type {Operators.TypeName(value)}");
}
