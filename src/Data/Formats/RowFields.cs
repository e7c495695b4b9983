using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Formats;

/// <summary>Typed access to the fields of a row; every refusal names the field and what it should hold.</summary>
internal static class RowFields
{
    public static string Text(this JObject row, string field) => Text(row[field], field);

    public static string Text(JToken? value, string field) =>
        OptionalText(value, field) ?? throw new RowException($"field \"{field}\" is missing; give it as a string");

    public static string? OptionalText(this JObject row, string field) => OptionalText(row[field], field);

    public static string? OptionalText(JToken? value, string field) => value switch
    {
        null or { Type: JTokenType.Null } => null,
        { Type: JTokenType.String } => (string)value!,
        var other => throw new RowException($"field \"{field}\" is {Name(other)}; give it as a string"),
    };

    public static int? OptionalInteger(JToken? value, string field) => value switch
    {
        null or { Type: JTokenType.Null } => null,
        JValue { Value: long and >= int.MinValue and <= int.MaxValue and var number } => (int)number,
        var other => throw new RowException($"field \"{field}\" is {Name(other)}; give it as a whole number"),
    };

    public static JArray? OptionalList(this JObject row, string field) => OptionalList(row[field], field);

    public static JArray? OptionalList(JToken? value, string field) => value switch
    {
        null or { Type: JTokenType.Null } => null,
        JArray list => list,
        var other => throw new RowException($"field \"{field}\" is {Name(other)}; give it as a list"),
    };

    /// <summary>Null, no text, no items, and a text that spells no items.</summary>
    public static bool IsEmpty(JToken? value) => value switch
    {
        null or { Type: JTokenType.Null } => true,
        JValue { Value: string text } => text.Trim() is "" or "[]" or "{}",
        JContainer container => !container.HasValues,
        _ => false,
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
