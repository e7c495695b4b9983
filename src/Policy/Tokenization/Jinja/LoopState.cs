namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>The variable <c>loop</c> within a loop.</summary>
/// <param name="items">What the loop goes through.</param>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    private object? _lastChecked = new Undefined("nothing yet");

    /// <summary>The current turn, counted from 0.</summary>
    public int Index { get; set; }

    /// <summary>An attribute; undefined where there is none.</summary>
    public object? Get(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => (long)(items.Count - Index - 1),
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "previtem" => Index > 0 ? items[Index - 1] : new Undefined("the first turn of a loop has no previtem"),
        "nextitem" => Index + 1 < items.Count
            ? items[Index + 1]
            : new Undefined("the last turn of a loop has no nextitem"),
        "cycle" => (JinjaFunction)(arguments => arguments.Positional.Count > 0
            ? arguments.Positional[Index % arguments.Positional.Count]
            : throw new JinjaException("loop.cycle needs values")),
        "changed" => (JinjaFunction)HasChanged,
        _ => new Undefined($"loop has no attribute '{name}'"),
    };

    private object HasChanged(Arguments arguments)
    {
        var value = new JinjaList(arguments.Positional);
        var changed = !Operators.AreEqual(value, _lastChecked);
        _lastChecked = value;
        return changed;
    }
}
