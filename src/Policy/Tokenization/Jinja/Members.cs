namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>Finds what is inside values: attributes, items and slices.</summary>
internal static class Members
{
    /// <summary><c>target.name</c>: a method of the value, or a key; undefined where there is neither.</summary>
    /// <exception cref="JinjaException">The value is undefined itself.</exception>
    public static object? Attribute(object? target, string name) => Method(target, name) ?? target switch
    {
        JinjaMapping mapping when mapping.TryGet(name, out var value) => value,
        JinjaNamespace names when names.Attributes.TryGetValue(name, out var value) => value,
        LoopState loop => loop.Get(name),
        _ => Missing(target, $"has no attribute '{name}'"),
    };

    /// <summary>
    /// <c>target[key]</c>: an item, a key, or else an attribute of that name; undefined where there is none.
    /// </summary>
    /// <exception cref="JinjaException">The value is undefined itself.</exception>
    public static object? Item(object? target, object? key) => (target, key) switch
    {
        (JinjaMapping mapping, _) when mapping.TryGet(key, out var value) => value,
        (JinjaList list, long index) when Place(index, list.Items.Count) is { } place => list.Items[place],
        (MarkedText text, long index) when Character(text, index) is { } character => character,
        (_, MarkedText name) => Attribute(target, name.Value),
        _ => Missing(target, $"has no element {Printer.Print(key).Value}"),
    };

    /// <summary><c>target[start:stop:step]</c> of a list or text, in code points.</summary>
    /// <exception cref="JinjaException">The value has no order, or the step is 0.</exception>
    public static object? Slice(object? target, long? start, long? stop, long? step)
    {
        switch (target)
        {
            case JinjaList list:
                var places = Places(list.Items.Count, start, stop, step ?? 1);
                return list with { Items = [.. places.Select(place => list.Items[place])] };
            case MarkedText text:
                var all = text.Characters().ToList();
                return MarkedText.Concat(Places(all.Count, start, stop, step ?? 1).Select(place => all[place]));
            default:
                Missing(target, "");
                throw new JinjaException($"a value of type {Operators.TypeName(target)} cannot be sliced");
        }
    }

    private static JinjaFunction? Method(object? target, string name) => target switch
    {
        MarkedText text => TextMethods.Find(text, name),
        JinjaMapping mapping => name switch
        {
            "get" => arguments =>
                mapping.TryGet(arguments.Require(0, "key"), out var value) ? value : arguments.Get(1, "default"),
            "items" => _ => Entries(mapping),
            "keys" => _ => new JinjaList([.. mapping.Keys]),
            "values" => _ => new JinjaList([.. mapping.Entries.Select(entry => entry.Value)]),
            _ => null,
        },
        _ => null,
    };

    /// <summary>The entries of a mapping as tuples.</summary>
    public static JinjaList Entries(JinjaMapping mapping) =>
        new([.. mapping.Entries.Select(entry => new JinjaList([entry.Key, entry.Value], IsTuple: true))]);

    private static Undefined Missing(object? target, string what) => target is Undefined undefined
        ? throw new JinjaException(undefined.Reason)
        : new Undefined($"a value of type {Operators.TypeName(target)} {what}");

    private static MarkedText? Character(MarkedText text, long index)
    {
        var all = text.Characters().ToList();
        return Place(index, all.Count) is { } place ? all[place] : null;
    }

    // Negative indices count from the end.
    private static int? Place(long index, int count)
    {
        var place = index < 0 ? index + count : index;
        return place >= 0 && place < count ? (int)place : null;
    }

    private static IEnumerable<int> Places(int count, long? start, long? stop, long step)
    {
        if (step == 0)
        {
            throw new JinjaException("a slice cannot have step 0");
        }

        // Beyond the ends there is nothing; going backwards, the end lies before the first item.
        var min = step > 0 ? 0L : -1L;
        var max = step > 0 ? count : count - 1L;
        long Clamp(long? bound, long otherwise) =>
            bound is { } given ? Math.Clamp(given < 0 ? given + count : given, min, max) : otherwise;
        var from = Clamp(start, step > 0 ? min : max);
        var to = Clamp(stop, step > 0 ? max : min);
        for (var at = from; step > 0 ? at < to : at > to; at += Math.Clamp(step, -count, count))
        {
            yield return (int)at;
        }
    }
}
