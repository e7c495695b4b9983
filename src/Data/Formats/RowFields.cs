using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Formats;

/// <summary>Typed access to the fields of a row; every refusal names the field and what it should hold.</summary>
internal static class RowFields
{
    public static string Text(this JObject row, string field) =>
        row.OptionalText(field) ?? throw new RowException($"field \"{field}\" is missing; give it as a string");

    public static string? OptionalText(this JObject row, string field) => row[field] switch
    {
        null or { Type: JTokenType.Null } => null,
        { Type: JTokenType.String } value => (string)value!,
        var other => throw new RowException($"field \"{field}\" is {Name(other)}; give it as a string"),
    };

    public static int? OptionalInteger(this JObject row, string field) => row[field] switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: long and >= int.MinValue and <= int.MaxValue and var value } => (int)value,
        var other => throw new RowException($"field \"{field}\" is {Name(other)}; give it as a whole number"),
    };

    public static JArray? OptionalList(this JObject row, string field) => row[field] switch
    {
        null or { Type: JTokenType.Null } => null,
        JArray list => list,
        var other => throw new RowException($"field \"{field}\" is {Name(other)}; give it as a list"),
    };

    public static string Name(JToken? token) => token is null ? "missing" : token.Type switch
    {
        JTokenType.Object => "an object",
        JTokenType.Array => "a list",
        JTokenType.String => "a string",
        JTokenType.Null => "null",
        _ => $"{token.ToString(Newtonsoft.Json.Formatting.None)}",
    };
}
