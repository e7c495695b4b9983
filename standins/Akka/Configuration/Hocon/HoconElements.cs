using System.Text;

namespace Akka.Configuration.Hocon;

public interface IHoconElement
{
    bool IsString();
    string GetString();
    bool IsArray();
    IList<HoconValue> GetArray();
}

public interface IMightBeAHoconObject
{
    bool IsObject();
    HoconObject GetObject();
}

public class HoconLiteral : IHoconElement
{
    public string Value { get; set; }

    public bool IsString() => true;
    public string GetString() => Value;
    public bool IsArray() => false;
    public IList<HoconValue> GetArray() => throw new InvalidOperationException("This element is a literal and not an array.");
    public override string ToString() => Value;
}

public class HoconArray : List<HoconValue>, IHoconElement
{
    public bool IsString() => false;
    public string GetString() => throw new InvalidOperationException("This element is an array and not a string.");
    public bool IsArray() => true;
    public IList<HoconValue> GetArray() => this;
    public override string ToString() => "[" + string.Join(",", this) + "]";
}

/// <summary>A reference to another path of the same text, resolved when that text has been read.</summary>
public class HoconSubstitution : IHoconElement, IMightBeAHoconObject
{
    public HoconSubstitution(string path) => Path = path;

    public string Path { get; set; }
    public HoconValue ResolvedValue { get; set; }

    public bool IsString() => ResolvedValue.IsString();
    public string GetString() => ResolvedValue.GetString();
    public bool IsArray() => ResolvedValue.IsArray();
    public IList<HoconValue> GetArray() => ResolvedValue.GetArray();
    public bool IsObject() => ResolvedValue is not null && ResolvedValue.IsObject();
    public HoconObject GetObject() => ResolvedValue.GetObject();
}

public class HoconObject : IHoconElement
{
    public Dictionary<string, HoconValue> Items { get; private init; } = [];

    public bool IsString() => false;
    public string GetString() => throw new InvalidOperationException("This element is an object and not a string.");
    public bool IsArray() => false;
    public IList<HoconValue> GetArray() => throw new InvalidOperationException("This element is an object and not an array.");
    public HoconValue GetKey(string key) => Items.GetValueOrDefault(key);

    public HoconValue GetOrCreateKey(string key)
    {
        if (!Items.TryGetValue(key, out var value)) Items.Add(key, value = new HoconValue());
        return value;
    }

    /// <summary>Takes over the other's items; objects on both sides merge, everything else is replaced.</summary>
    public void Merge(HoconObject other)
    {
        foreach (var (key, value) in other.Items) Items[key] = Merged(Items.GetValueOrDefault(key), value);
    }

    public override string ToString() => ToString(0);

    public string ToString(int indent)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Items)
            text.Append(' ', indent * 2).Append(HoconValue.QuoteIfNeeded(key)).Append(" : ").Append(value.ToString(indent)).Append("\r\n");
        return text.ToString();
    }

    internal HoconObject MergeImmutable(HoconObject other)
    {
        var merged = new HoconObject { Items = new Dictionary<string, HoconValue>(Items) };
        merged.Merge(other);
        return merged;
    }

    private static HoconValue Merged(HoconValue mine, HoconValue other)
    {
        if (mine?.GetObject() is not { } left || other.GetObject() is not { } right) return other;
        var merged = new HoconValue();
        merged.AppendValue(left.MergeImmutable(right));
        return merged;
    }
}

public class HoconRoot
{
    public HoconRoot(HoconValue value, IEnumerable<HoconSubstitution> substitutions)
    {
        Value = value;
        Substitutions = substitutions;
    }

    public HoconRoot(HoconValue value) : this(value, []) { }

    public HoconValue Value { get; }
    public IEnumerable<HoconSubstitution> Substitutions { get; }
}
