namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>A dictionary that keeps the order of its keys.</summary>
internal sealed class JinjaMapping
{
    private readonly OrderedDictionary<object, object?> _entries = [];

    /// <summary>The key-value pairs in the order in which their keys were first set.</summary>
    public IEnumerable<KeyValuePair<object, object?>> Entries => _entries;

    /// <summary>The keys in the order in which they were first set.</summary>
    public IEnumerable<object> Keys => _entries.Keys;

    /// <summary>Number of key-value pairs.</summary>
    public int Count => _entries.Count;

    /// <summary>Sets an entry, a new one last.</summary>
    public object? this[object key] { set => _entries[key] = value; }

    /// <summary>Sets an entry under a name of this program.</summary>
    public object? this[string key] { set => _entries[MarkedText.Trusted(key)] = value; }

    /// <summary>Whether there is an entry, and its value.</summary>
    public bool TryGet(object? key, out object? value)
    {
        value = null;
        return key is not null && _entries.TryGetValue(key, out value);
    }

    /// <summary>Whether there is an entry under a name, and its value.</summary>
    public bool TryGet(string key, out object? value) => TryGet(MarkedText.Trusted(key), out value);

    /// <summary>A copy with the entries that are to be kept.</summary>
    public JinjaMapping Where(Func<KeyValuePair<object, object?>, bool> keep)
    {
        var copy = new JinjaMapping();
        foreach (var (key, value) in _entries.Where(keep))
        {
            copy[key] = value;
        }

        return copy;
    }
}
