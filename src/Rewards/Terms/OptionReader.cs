using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Options;

namespace R1Reward.Rewards.Terms;

/// <summary>
/// Reads the options of one term and collects what is wrong with them: where, key, value, what to write. Scalars may
/// stand as text, as configuration files have them. An option that the term does not have is an error too.
/// </summary>
/// <param name="place">Where the options stand, for messages, for example <c>rewards.terms[1] (length)</c>.</param>
/// <param name="options">The options.</param>
/// <param name="errors">Where mistakes are added, a line each.</param>
public sealed class OptionReader(string place, JObject options, List<string> errors)
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Where the options stand, for messages.</summary>
    public string Place { get; } = place;

    /// <summary>An option that is a text.</summary>
    /// <param name="key">The option.</param>
    /// <param name="fallback">What holds where the option is missing or wrong, here and in the methods below.</param>
    public string Text(string key, string fallback = "") => Value(key) switch
    {
        null => fallback,
        JValue scalar => TextOf(scalar),
        _ => Wrong(key, "write a text", fallback),
    };

    /// <summary>Text that must not be left out; empty where it is, which is an error.</summary>
    public string RequiredText(string key) =>
        Text(key) is { Length: > 0 } text ? text : Wrong(key, "is missing: write it", "");

    /// <summary>A number within bounds, both included.</summary>
    public double Number(string key, double fallback, double min = double.MinValue, double max = double.MaxValue) =>
        Read(key, fallback, ValueRules.Number(min, max));

    /// <summary>A whole number within bounds, both included.</summary>
    public int Whole(string key, int fallback, int min, int max = int.MaxValue) =>
        Read(key, fallback, ValueRules.Whole(min, max));

    /// <summary>A flag: <c>on</c>, <c>off</c>, <c>true</c> or <c>false</c>.</summary>
    public bool Flag(string key, bool fallback) => Read(key, fallback, ValueRules.Flag);

    /// <summary>One of an enumeration's names in lower case with dashes.</summary>
    public T OneOf<T>(string key, T fallback)
        where T : struct, Enum =>
        Read(key, fallback, ValueRules.OneOf<T>());

    /// <summary>One of the names of a table.</summary>
    public T OneOf<T>(string key, T fallback, IReadOnlyDictionary<string, T> names) =>
        Read(key, fallback, ValueRules.OneOf(names));

    /// <summary>
    /// A duration in seconds, or with a unit (ms, s, m, h); null where the option is missing or wrong.
    /// </summary>
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
        return unit is { } one
            && double.TryParse(text[..digits], NumberStyles.Float, CultureInfo.InvariantCulture, out var count)
            && count <= 1e6
                ? one * count
                : Wrong<TimeSpan?>(key, "write a duration, for example 30 s", null);
    }

    /// <summary>A list of texts; empty where the option is missing.</summary>
    public IReadOnlyList<string> Texts(string key) => Value(key) switch
    {
        null => [],
        JArray list when list.All(item => item is JValue) => [.. list.Cast<JValue>().Select(TextOf)],
        _ => Wrong<IReadOnlyList<string>>(key, "write a list, for example [a, b]", []),
    };

    /// <summary>A list of entries; empty where the option is missing.</summary>
    public IReadOnlyList<JObject> Entries(string key) => Value(key) switch
    {
        null => [],
        JArray list when list.All(item => item is JObject) => [.. list.Cast<JObject>()],
        _ => Wrong<IReadOnlyList<JObject>>(key, "write a list of entries, for example [ { type = format } ]", []),
    };

    /// <summary>One entry; null where the option is missing.</summary>
    public JObject? Entry(string key) => Value(key) switch
    {
        null => null,
        JObject entry => entry,
        _ => Wrong<JObject?>(key, "write an entry, for example { type = format }", null),
    };

    /// <summary>A reader of an entry inside these options, whose errors join theirs.</summary>
    /// <param name="below">Where the entry stands below <see cref="Place"/>, for example <c>members[0]</c>.</param>
    /// <param name="entry">The entry.</param>
    public OptionReader Inside(string below, JObject entry) => new($"{Place}.{below}", entry, errors);

    /// <summary>Adds an error about an option whose value is formally right.</summary>
    public void Refuse(string key, string remedy) => Wrong(key, remedy, 0);

    /// <summary>Adds an error about the options as a whole.</summary>
    public void Refuse(string reason) => errors.Add($"{Place}: {reason}");

    /// <summary>Adds an error for each option that the term did not read.</summary>
    internal void RefuseUnknown()
    {
        var known = _known.Count == 0 ? "none" : string.Join(", ", _known.Order(StringComparer.Ordinal));
        foreach (var property in options.Properties().Where(property => !_known.Contains(property.Name)))
        {
            Refuse($"unknown option {property.Name}; known are {known}.");
        }
    }

    private static string TextOf(JValue scalar) => Convert.ToString(scalar.Value, CultureInfo.InvariantCulture) ?? "";

    private T Read<T>(string key, T fallback, ValueRule<T> rule) =>
        Value(key) is null ? fallback
        : rule.Parse(Text(key), out var value) ? value
        : Wrong(key, rule.Remedy, fallback);

    private JToken? Value(string key)
    {
        _known.Add(key);
        return options[key] is { Type: not JTokenType.Null } value ? value : null;
    }

    private T Wrong<T>(string key, string remedy, T fallback)
    {
        Refuse(options[key] is { } value
            ? $"{key} = {value.ToString(Formatting.None)}: {remedy}."
            : $"{key} {remedy}.");
        return fallback;
    }
}
