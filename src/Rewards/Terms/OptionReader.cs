using System.Globalization;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Terms;

/// <summary>
/// Reads the options of one term and collects what is wrong with them: where, key, value, what to write. Scalars may
/// stand as text, as configuration files have them. An option that nobody asked for is an error too.
/// </summary>
/// <param name="place">Where the options stand, for messages, for example <c>rewards.terms[1] (length)</c>.</param>
/// <param name="options">The options.</param>
/// <param name="errors">Where mistakes go.</param>
public sealed class OptionReader(string place, JObject options, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Where the options stand.</summary>
    public string Place { get; } = place;

    /// <summary>Text; the default where the option is absent.</summary>
    public string Text(string key, string absent = "") => Value(key) is not { } value ? absent
        : value is JValue scalar ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? "" : Wrong(key, "write a text", absent);

    /// <summary>Text that must not be left out.</summary>
    public string RequiredText(string key) => Text(key) is { Length: > 0 } text ? text : Wrong(key, "is missing: write it", "");

    /// <summary>A number within bounds, both included.</summary>
    public double Number(string key, double absent, double least, double most = double.MaxValue)
    {
        var range = least == double.MinValue && most == double.MaxValue ? "a number"
            : least == double.MinValue ? FormattableString.Invariant($"a number, {most} or less")
            : most == double.MaxValue ? FormattableString.Invariant($"a number, {least} or more")
            : FormattableString.Invariant($"a number from {least} to {most}");
        return Value(key) is null ? absent
            : double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
            : Wrong(key, "write " + range, absent);
    }

    /// <summary>A whole number within bounds, both included.</summary>
    public int Whole(string key, int absent, int least, int most = int.MaxValue) => Value(key) is null ? absent
        : int.TryParse(Text(key), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most ? value
        : Wrong(key, most == int.MaxValue ? $"write a whole number, {least} or more" : $"write a whole number from {least} to {most}", absent);

    /// <summary>on/off, true/false.</summary>
    public bool Flag(string key, bool absent) => Value(key) is null ? absent : Text(key).ToLowerInvariant() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        _ => Wrong(key, "write on or off", absent),
    };

    /// <summary>Seconds, with or without the unit (ms, s, m, h).</summary>
    public TimeSpan? Duration(string key)
    {
        if (Value(key) is null)
        {
            return null;
        }

        var text = Text(key).Trim();
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        TimeSpan? unit = text[digits..].Trim() switch
        {
            "" or "s" => TimeSpan.FromSeconds(1),
            "ms" => TimeSpan.FromMilliseconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => null,
        };
        return unit is { } one && double.TryParse(text[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var count) && count <= 1e6
            ? one * count : Wrong<TimeSpan?>(key, "write a duration, for example 30 s", null);
    }

    /// <summary>One of an enumeration's names in lower case with dashes.</summary>
    public T OneOf<T>(string key, T absent)
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(Dashed);
        return Value(key) is null ? absent
            : names.TryGetValue(Text(key), out var value) ? value : Wrong(key, "write one of " + string.Join(", ", names.Keys), absent);
    }

    /// <summary>A list of texts; empty where the option is absent.</summary>
    public IReadOnlyList<string> Texts(string key) => Value(key) switch
    {
        null => [],
        JArray list when list.All(item => item is JValue) => [.. list.Select(item => Convert.ToString(((JValue)item).Value, CultureInfo.InvariantCulture) ?? "")],
        _ => Wrong<IReadOnlyList<string>>(key, "write a list, for example [a, b]", []),
    };

    /// <summary>A list of entries; empty where the option is absent.</summary>
    public IReadOnlyList<JObject> Entries(string key) => Value(key) switch
    {
        null => [],
        JArray list when list.All(item => item is JObject) => [.. list.Cast<JObject>()],
        _ => Wrong<IReadOnlyList<JObject>>(key, "write a list of entries, for example [ { type = format } ]", []),
    };

    /// <summary>One entry; null where the option is absent.</summary>
    public JObject? Entry(string key) => Value(key) switch
    {
        null => null,
        JObject entry => entry,
        _ => Wrong<JObject?>(key, "write an entry, for example { type = format }", null),
    };

    /// <summary>Adds an error about an option.</summary>
    public void Refuse(string key, string remedy) => Wrong(key, remedy, 0);

    /// <summary>The options that nobody asked for, as errors.</summary>
    internal void RefuseUnknown()
    {
        foreach (var property in options.Properties().Where(property => !_known.Contains(property.Name)))
        {
            errors.Add($"{Place}: unknown option {property.Name}; known are {(_known.Count == 0 ? "none" : string.Join(", ", _known.Order(StringComparer.Ordinal)))}.");
        }
    }

    internal static string Dashed<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));

    private JToken? Value(string key)
    {
        _known.Add(key);
        return options[key] is { Type: not JTokenType.Null } value ? value : null;
    }

    private T Wrong<T>(string key, string remedy, T absent)
    {
        errors.Add(options[key] is { } value ? $"{Place}: {key} = {value.ToString(Newtonsoft.Json.Formatting.None)}: {remedy}." : $"{Place}: {key} {remedy}.");
        return absent;
    }
}
