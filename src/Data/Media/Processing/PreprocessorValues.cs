using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Media.Processing;

/// <summary>
/// The values of a <c>preprocessor_config.json</c>, each of the kind that its key has: a text for a number, or a
/// fraction for a whole one, would give other pixels than the file's writer had.
/// </summary>
/// <param name="json">The object.</param>
internal sealed class PreprocessorValues(JObject json)
{
    /// <summary>An object inside this one; null where there is none.</summary>
    /// <exception cref="FormatException">The value is no object.</exception>
    internal PreprocessorValues? Section(string key) => Set(key) switch
    {
        null => null,
        JObject inner => new(inner),
        var other => throw Wrong(key, "an object", other),
    };

    /// <summary>A whole number; null where the key is missing or null.</summary>
    /// <exception cref="FormatException">The value is none, or beyond 32 bits.</exception>
    internal int? Whole(string key) => Number(key) switch
    {
        null => null,
        var number when number % 1 == 0 && Math.Abs(number.Value) <= int.MaxValue => (int)number,
        _ => throw Wrong(key, "a whole number", Set(key)!),
    };

    /// <summary>A number; null where the key is missing or null.</summary>
    /// <exception cref="FormatException">The value is none.</exception>
    internal double? Number(string key) => Set(key) switch
    {
        null => null,
        { Type: JTokenType.Integer or JTokenType.Float } value => value.ToObject<double>(),
        var other => throw Wrong(key, "a number", other),
    };

    /// <summary>Numbers; null where the key is missing or null.</summary>
    /// <exception cref="FormatException">The value is no list of such.</exception>
    internal double[]? Numbers(string key) => Set(key) switch
    {
        null => null,
        JArray list when list.All(item => item.Type is JTokenType.Integer or JTokenType.Float) =>
            list.ToObject<double[]>(),
        var other => throw Wrong(key, "a list of numbers", other),
    };

    /// <summary>True or false; null where the key is missing or null.</summary>
    /// <exception cref="FormatException">The value is neither.</exception>
    internal bool? Flag(string key) => Set(key) switch
    {
        null => null,
        { Type: JTokenType.Boolean } value => (bool)value,
        var other => throw Wrong(key, "true or false", other),
    };

    /// <summary>The keys that have a value and are not among the given ones.</summary>
    internal IEnumerable<string> Others(params string[] known) =>
        json.Properties().Where(entry => Set(entry.Name) is not null).Select(entry => entry.Name).Except(known);

    private static FormatException Wrong(string key, string expected, JToken found) => new(
        string.Create(CultureInfo.InvariantCulture, $"{key} must be {expected} but is {Shown(found)}"));

    private static string Shown(JToken value)
    {
        const int longest = 60;
        var text = value.ToString(Formatting.None);
        return text.Length > longest ? text[..longest] + "..." : text;
    }

    private JToken? Set(string key) => json[key] is { Type: not JTokenType.Null } value ? value : null;
}
