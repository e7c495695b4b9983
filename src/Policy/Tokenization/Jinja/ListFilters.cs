using R1Reward.Data.Text;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The filters that look at the items of a value one by one.</summary>
internal static class ListFilters
{
    /// <summary>
    /// <c>map</c>: the filter that the first argument names, or the attribute that <c>attribute</c> names, of each
    /// item.
    /// </summary>
    public static JinjaList Map(object? value, Arguments arguments)
    {
        if (arguments.Named.TryGetValue("attribute", out var attribute))
        {
            var key = Key(attribute);
            var otherwise = arguments.Named.GetValueOrDefault("default");
            object? Attribute(object? item)
            {
                var found = key(item);
                return found is Undefined && otherwise is not null ? otherwise : found;
            }

            return new JinjaList([.. Items(value).Select(Attribute)]);
        }

        var name = arguments.Text(0, "filter").Value;
        var rest = arguments with { Positional = [.. arguments.Positional.Skip(1)] };
        return new JinjaList([.. Items(value).Select(item => Filters.Apply(name, item, rest))]);
    }

    /// <summary>
    /// <c>select</c>, <c>reject</c> and their variants for an attribute. Arguments: the attribute if one is looked at,
    /// then a test and its arguments; without a test, items that count as true pass.
    /// </summary>
    public static JinjaList Select(object? value, Arguments arguments, bool ofAttribute, bool keeps)
    {
        var key = Key(ofAttribute ? arguments.Require(0, "attribute") : null);
        var rest = arguments.Positional.Skip(ofAttribute ? 1 : 0).ToList();
        return new JinjaList([.. Items(value).Where(item => keeps == Passes(key(item)))]);

        bool Passes(object? item) => rest.Count == 0
            ? Operators.IsTrue(item)
            : Tests.Holds(Printer.Print(rest[0]).Value, item, arguments with { Positional = rest[1..] });
    }

    /// <summary><c>sort</c>: the items in order, by an attribute if one is named.</summary>
    public static JinjaList Sort(object? value, Arguments arguments) => Sorted(
        Operators.Iterate(value),
        arguments.Flag(1, "case_sensitive"),
        arguments.Flag(0, "reverse"),
        Key(arguments.Get(2, "attribute")));

    /// <summary><c>dictsort</c>: the entries of a mapping in the order of their keys.</summary>
    public static JinjaList SortEntries(object? value, Arguments arguments) => Sorted(
        Members.Entries(Filters.Mapping(value)).Items,
        arguments.Flag(0, "case_sensitive"),
        arguments.Flag(2, "reverse"),
        item => Operators.Iterate(item).First());

    /// <summary><c>max</c> and <c>min</c>; undefined where there are no items.</summary>
    public static object? Extreme(object? value, Arguments arguments, bool isLargest)
    {
        var sorted = Sorted(
            Operators.Iterate(value),
            arguments.Flag(0, "case_sensitive"),
            isLargest,
            Key(arguments.Get(1, "attribute")));
        var name = isLargest ? "largest" : "smallest";
        return sorted.Items.FirstOrDefault(new Undefined($"there is no {name} item"));
    }

    /// <summary><c>sum</c>: of the items, or of one attribute of each.</summary>
    public static object? Sum(object? value, Arguments arguments) => Operators.Iterate(value)
        .Select(Key(arguments.Get(0, "attribute")))
        .Aggregate(arguments.Get(1, "start", 0L), (sum, item) => Operators.Binary("+", sum, item));

    /// <summary><c>join</c>: the items, or one attribute of each, as one text.</summary>
    public static MarkedText Join(object? value, Arguments arguments)
    {
        var parts = Operators.Iterate(value).Select(Key(arguments.Get(1, "attribute"))).Select(Printer.Print);
        return TextMethods.Join(Printer.Print(arguments.Get(0, "d", MarkedText.Empty)), parts);
    }

    /// <summary><c>unique</c>: the first of each group of items that print alike.</summary>
    public static JinjaList Unique(object? value, Arguments arguments)
    {
        var caseSensitive = arguments.Flag(0, "case_sensitive");
        var distinct = Operators.Iterate(value).DistinctBy(item => Printer.Print(Folded(item, caseSensitive)));
        return new JinjaList([.. distinct]);
    }

    // None counts as an empty list.
    private static IEnumerable<object?> Items(object? value) => Operators.IsTrue(value) ? Operators.Iterate(value) : [];

    private static JinjaList Sorted(
        IEnumerable<object?> items,
        bool caseSensitive,
        bool reverse,
        Func<object?, object?> key)
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

    private static object? Folded(object? value, bool caseSensitive) =>
        value is MarkedText text && !caseSensitive ? TextMethods.Lower(text) : value;

    // A path of attributes with dots, a number for an index; null: the item itself.
    private static Func<object?, object?> Key(object? attribute)
    {
        return attribute switch
        {
            null => item => item,
            MarkedText path => item => path.Value.Split('.').Aggregate(item, Step),
            _ => item => Members.Item(item, attribute),
        };

        static object? Step(object? value, string name) =>
            Members.Item(value, PythonText.ToInt(name) is { } index ? index : MarkedText.Trusted(name));
    }
}
