namespace R1Reward.Actors.Configuration.Hocon;

/// <summary>An object: fields in the order in which they first appear, and where each was last set.</summary>
/// <param name="place">Where the object begins.</param>
internal sealed class ObjectNode(HoconPlace place) : HoconNode(place)
{
    private readonly Dictionary<string, Field> _fields = new(StringComparer.Ordinal);

    /// <summary>Names, values and places of the keys.</summary>
    public IEnumerable<(string Name, HoconNode Value, HoconPlace KeyPlace)> Fields =>
        _fields.Select(entry => (entry.Key, entry.Value.Value, entry.Value.KeyPlace));

    /// <summary>The value of a field, or null.</summary>
    public HoconNode? Find(string name) => _fields.TryGetValue(name, out var found) ? found.Value : null;

    /// <summary>Sets a field; an earlier value is replaced.</summary>
    public void Set(string name, HoconNode value, HoconPlace keyPlace) => _fields[name] = new Field(value, keyPlace);

    private readonly record struct Field(HoconNode Value, HoconPlace KeyPlace);
}
