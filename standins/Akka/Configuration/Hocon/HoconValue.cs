using System.Globalization;
using System.Text.RegularExpressions;

namespace Akka.Configuration.Hocon;

/// <summary>A value as written: one object or array, or pieces that concatenate to a string.</summary>
public class HoconValue : IMightBeAHoconObject
{
    private static readonly Regex NeedsQuotes = new("[ \t:]", RegexOptions.Compiled);
    private static readonly Regex Duration = new(@"^(?<value>[0-9]+(\.[0-9]+)?)\s*(?<unit>[a-z]+)$", RegexOptions.Compiled);

    // Multiples of 1024 under the short names, of 1000 under those with "B"; exactly this spelling.
    private static readonly Dictionary<string, long> ByteUnits = MakeByteUnits();

    public List<IHoconElement> Values { get; } = [];
    public bool IsEmpty => Values.Count == 0 || Values[0] is HoconObject { Items.Count: 0 };

    public void AppendValue(IHoconElement value) => Values.Add(value);
    public void Clear() => Values.Clear();

    public void NewValue(IHoconElement value)
    {
        Values.Clear();
        Values.Add(value);
    }

    public Config ToConfig() => new(new HoconRoot(this));

    public Config AtKey(string key)
    {
        var outer = new HoconObject();
        outer.Items[key] = this;
        var value = new HoconValue();
        value.AppendValue(outer);
        return new Config(new HoconRoot(value));
    }

    public HoconObject GetObject() => Values.FirstOrDefault() switch
    {
        HoconObject direct => direct,
        IMightBeAHoconObject maybe when maybe.IsObject() => maybe.GetObject(),
        _ => null
    };

    public bool IsObject() => GetObject() is not null;
    public bool IsString() => Values.Count > 0 && Values.All(v => v.IsString());
    public bool IsArray() => GetArray().Count != 0;
    public HoconValue GetChildObject(string key) => GetObject()?.GetKey(key);

    public string GetString()
    {
        if (!IsString()) return null;
        var text = string.Concat(Values.Select(v => v.GetString())).Trim();
        return text == "null" ? null : text;
    }

    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        var other => throw new NotSupportedException($"Unknown boolean format: {other}")
    };

    public decimal GetDecimal() => decimal.Parse(GetString(), NumberFormatInfo.InvariantInfo);
    public float GetFloat() => float.Parse(GetString(), NumberFormatInfo.InvariantInfo);
    public double GetDouble() => double.Parse(GetString(), NumberFormatInfo.InvariantInfo);
    public long GetLong() => long.Parse(GetString(), NumberFormatInfo.InvariantInfo);
    public int GetInt() => int.Parse(GetString(), NumberFormatInfo.InvariantInfo);
    public byte GetByte() => byte.Parse(GetString(), NumberFormatInfo.InvariantInfo);
    public IList<byte> GetByteList() => GetArray().Select(v => v.GetByte()).ToList();
    public IList<int> GetIntList() => GetArray().Select(v => v.GetInt()).ToList();
    public IList<long> GetLongList() => GetArray().Select(v => v.GetLong()).ToList();
    public IList<bool> GetBooleanList() => GetArray().Select(v => v.GetBoolean()).ToList();
    public IList<float> GetFloatList() => GetArray().Select(v => v.GetFloat()).ToList();
    public IList<double> GetDoubleList() => GetArray().Select(v => v.GetDouble()).ToList();
    public IList<decimal> GetDecimalList() => GetArray().Select(v => v.GetDecimal()).ToList();
    public IList<string> GetStringList() => GetArray().Select(v => v.GetString()).ToList();
    public IList<HoconValue> GetArray() => Values.Where(v => v.IsArray()).SelectMany(v => v.GetArray()).ToList();

    public TimeSpan GetTimeSpan(bool allowInfinite = true)
    {
        var text = GetString();
        var match = Duration.Match(text);
        if (match.Success)
        {
            var value = NotNegative(match.Groups["value"].Value);
            switch (match.Groups["unit"].Value)
            {
                case "nanoseconds" or "nanosecond" or "nanos" or "nano" or "ns":
                    return TimeSpan.FromTicks((long)Math.Round(value / TimeSpan.NanosecondsPerTick));
                case "microseconds" or "microsecond" or "micros" or "micro":
                    return TimeSpan.FromTicks((long)Math.Round(value * TimeSpan.TicksPerMicrosecond));
                case "milliseconds" or "millisecond" or "millis" or "milli" or "ms": return TimeSpan.FromMilliseconds(value);
                case "seconds" or "second" or "s": return TimeSpan.FromSeconds(value);
                case "minutes" or "minute" or "m": return TimeSpan.FromMinutes(value);
                case "hours" or "hour" or "h": return TimeSpan.FromHours(value);
                case "days" or "day" or "d": return TimeSpan.FromDays(value);
            }
        }

        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase)) return Timeout.InfiniteTimeSpan;
        return TimeSpan.FromMilliseconds(NotNegative(text));
    }

    public long? GetByteSize()
    {
        var text = GetString()?.Trim();
        if (string.IsNullOrEmpty(text)) return null;
        var last = text.LastIndexOfAny("0123456789".ToCharArray());
        if (last == -1 || last + 1 >= text.Length) return long.Parse(text, NumberFormatInfo.InvariantInfo);
        var unit = text[(last + 1)..].Trim();
        return ByteUnits.TryGetValue(unit, out var factor)
            ? factor * long.Parse(text.AsSpan(0, last + 1), NumberFormatInfo.InvariantInfo)
            : throw new FormatException($"{unit} is not a valid byte size suffix");
    }

    public override string ToString() => ToString(0);

    public virtual string ToString(int indent)
    {
        if (IsString()) return QuoteIfNeeded(GetString());
        if (GetObject() is { } inner)
            return indent == 0 ? inner.ToString(1) : "{\r\n" + inner.ToString(indent + 1) + new string(' ', indent * 2) + "}";
        return IsArray() ? "[" + string.Join(",", GetArray().Select(v => v.ToString(indent + 1))) + "]" : "<<unknown value>>";
    }

    internal static string QuoteIfNeeded(string text) =>
        text is null ? "" : NeedsQuotes.IsMatch(text) ? "\"" + text + "\"" : text;

    private static double NotNegative(string text)
    {
        var value = double.Parse(text, NumberFormatInfo.InvariantInfo);
        return value >= 0 ? value : throw new FormatException($"Expected a positive value instead of {value}");
    }

    private static Dictionary<string, long> MakeByteUnits()
    {
        var units = new Dictionary<string, long> { ["b"] = 1, ["B"] = 1, ["byte"] = 1, ["bytes"] = 1 };
        (string Letter, string Decimal, string Binary)[] names =
        [
            ("K", "kilo", "kibi"), ("M", "mega", "mebi"), ("G", "giga", "gibi"), ("T", "tera", "tebi"), ("P", "peta", "pebi"), ("E", "exa", "exbi")
        ];
        long thousands = 1, binary = 1;
        foreach (var (letter, ten, two) in names)
        {
            thousands *= 1000;
            binary *= 1024;
            foreach (var unit in new[] { letter, letter.ToLowerInvariant(), letter + "i", letter + "iB", two + "byte", two + "bytes" }) units[unit] = binary;
            foreach (var unit in new[] { letter == "K" ? "kB" : letter + "B", ten + "byte", ten + "bytes" }) units[unit] = thousands;
        }

        return units;
    }
}
