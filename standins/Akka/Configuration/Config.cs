using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>A tree of settings with typed getters; paths are dotted, a quoted element may hold dots.</summary>
public class Config
{
    public static readonly Config Empty = ConfigurationFactory.Empty;

    // Without the fallback, which is what ToString shows.
    private readonly HoconValue _own;

    public Config() => _own = Root = new HoconValue();

    public Config(HoconRoot root)
    {
        Root = root.Value ?? throw new ArgumentNullException(nameof(root), "The root value cannot be null.");
        _own = Root;
    }

    private Config(HoconValue root, HoconValue own)
    {
        Root = root;
        _own = own;
    }

    public virtual HoconValue Root { get; }
    public virtual bool IsEmpty => Root.IsEmpty;

    public HoconValue GetValue(string path)
    {
        var node = Root;
        foreach (var key in Split(path))
        {
            node = node.GetChildObject(key);
            if (node is null) return null;
        }

        return node;
    }

    public virtual bool HasPath(string path) => GetValue(path) is not null;
    public virtual bool GetBoolean(string path, bool @default = false) => GetValue(path)?.GetBoolean() ?? @default;
    public virtual int GetInt(string path, int @default = 0) => GetValue(path)?.GetInt() ?? @default;
    public virtual long GetLong(string path, long @default = 0) => GetValue(path)?.GetLong() ?? @default;
    public virtual float GetFloat(string path, float @default = 0) => GetValue(path)?.GetFloat() ?? @default;
    public virtual double GetDouble(string path, double @default = 0) => GetValue(path)?.GetDouble() ?? @default;
    public virtual decimal GetDecimal(string path, decimal @default = 0) => GetValue(path)?.GetDecimal() ?? @default;
    public virtual string GetString(string path, string @default = null) => GetValue(path) is { } value ? value.GetString() : @default;
    public virtual long? GetByteSize(string path) => GetValue(path)?.GetByteSize();
    public virtual long? GetByteSize(string path, long? def = null) => GetValue(path) is { } value ? value.GetByteSize() : def;

    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        GetValue(path)?.GetTimeSpan(allowInfinite) ?? @default.GetValueOrDefault();

    public virtual IList<bool> GetBooleanList(string path) => Required(path).GetBooleanList();
    public virtual IList<decimal> GetDecimalList(string path) => Required(path).GetDecimalList();
    public virtual IList<float> GetFloatList(string path) => Required(path).GetFloatList();
    public virtual IList<double> GetDoubleList(string path) => Required(path).GetDoubleList();
    public virtual IList<int> GetIntList(string path) => Required(path).GetIntList();
    public virtual IList<long> GetLongList(string path) => Required(path).GetLongList();
    public virtual IList<byte> GetByteList(string path) => Required(path).GetByteList();
    public virtual IList<string> GetStringList(string path) => GetValue(path)?.GetStringList() ?? [];
    public virtual IList<string> GetStringList(string path, string[] defaultPaths) => GetValue(path)?.GetStringList() ?? defaultPaths;
    public virtual Config GetConfig(string path) => GetValue(path) is { } value ? new Config(new HoconRoot(value)) : null;

    /// <summary>This configuration over the other: objects merge, arrays and scalars of this one win.</summary>
    public virtual Config WithFallback(Config fallback)
    {
        if (fallback == this) throw new ArgumentException("Config can not have itself as fallback", nameof(fallback));
        if (fallback is null) return this;
        if (IsEmpty) return fallback;
        if (fallback.IsEmpty) return this;
        var merged = new HoconValue();
        merged.AppendValue(fallback.Root.GetObject().MergeImmutable(Root.GetObject()));
        return new Config(merged, _own);
    }

    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable() => Root.GetObject()?.Items ?? [];

    public override string ToString() => _own.ToString();
    public string ToString(bool includeFallback) => includeFallback ? Root.ToString() : ToString();

    public static Config operator +(Config config, string fallback) => config.WithFallback(ConfigurationFactory.ParseString(fallback));
    public static Config operator +(string configHocon, Config fallbackConfig) => ConfigurationFactory.ParseString(configHocon).WithFallback(fallbackConfig);
    public static implicit operator Config(string str) => ConfigurationFactory.ParseString(str);

    // A missing list of numbers is a null reference in Akka.NET too.
    private HoconValue Required(string path) => GetValue(path) ?? throw new NullReferenceException($"No value at [{path}].");

    private static IEnumerable<string> Split(string path)
    {
        for (var at = 0; at < path.Length;)
        {
            var quoted = path[at] == '"';
            var end = path.IndexOf(quoted ? '"' : '.', at + 1);
            if (!quoted && path[at] == '.') end = at;
            if (end < 0) end = path.Length;
            yield return quoted ? path[(at + 1)..end] : path[at..end];
            at = end + (quoted ? 2 : 1);
        }
    }
}

public static class ConfigExtensions
{
    public static Config SafeWithFallback(this Config config, Config fallback) =>
        config is null ? fallback : ReferenceEquals(config, fallback) ? config : config.WithFallback(fallback);

    public static bool IsNullOrEmpty(this Config config) => config is null || config.IsEmpty;
}
