using System.Globalization;
using System.Numerics;
using Newtonsoft.Json.Linq;

namespace R1Reward.Policy.Tokenization.Jinja;

/// <summary>JSON as values of templates. Whole numbers stay whole; all text is untrusted.</summary>
internal static class JsonValues
{
    /// <summary>The value of a piece of JSON that was read with dates left as text.</summary>
    public static object? From(JToken token) => token switch
    {
        JObject entries => Mapping(entries),
        JArray items => new JinjaList([.. items.Select(From)]),
        JValue { Type: JTokenType.Integer, Value: BigInteger number } => number,
        JValue { Type: JTokenType.Integer } number => Convert.ToInt64(number.Value, CultureInfo.InvariantCulture),
        JValue { Type: JTokenType.Float } number => Convert.ToDouble(number.Value, CultureInfo.InvariantCulture),
        JValue { Value: bool flag } => flag,
        JValue { Value: null } => null,
        JValue text => MarkedText.Untrusted(Convert.ToString(text.Value, CultureInfo.InvariantCulture) ?? ""),
        _ => throw new ArgumentOutOfRangeException(nameof(token), token.Type, null),
    };

    /// <summary>A JSON object as a dictionary.</summary>
    public static JinjaMapping Mapping(JObject entries)
    {
        var mapping = new JinjaMapping();
        foreach (var (name, value) in entries)
        {
            mapping[MarkedText.Untrusted(name)] = value is null ? null : From(value);
        }

        return mapping;
    }
}
