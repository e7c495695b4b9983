using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;

namespace R1Reward.Data.Handlers;

/// <summary>A row of a handled set; what is wrong with a field is told with its place.</summary>
/// <param name="place">Where the row stands.</param>
/// <param name="fields">The row.</param>
internal sealed class HandledRow(string place, JObject fields)
{
    /// <summary>The row as it stands in the file.</summary>
    internal JObject Fields => fields;

    /// <summary>The value of a field; null where it is missing or null.</summary>
    internal JToken? this[string field] => fields[field] is { Type: not JTokenType.Null } value ? value : null;

    /// <summary>The rows of a file.</summary>
    /// <exception cref="UserErrorException">One cannot be read.</exception>
    internal static IEnumerable<HandledRow> ReadAll(string path) => RowFiles.Read(path).Select(row =>
        row.Fields is { } fields
            ? new HandledRow(row.Place, fields)
            : throw new UserErrorException($"{row.Place}: {row.Problem}"));

    /// <summary>The text of a field.</summary>
    /// <exception cref="UserErrorException">It is missing or no text.</exception>
    internal string Text(string field) => this[field] is { Type: JTokenType.String } text
        ? (string)text!
        : throw Wrong(field, "give it as a string");

    /// <summary>The base64 of a file that stands in a field, alone or under <c>bytes</c>.</summary>
    /// <exception cref="UserErrorException">It is missing or no text.</exception>
    internal string Bytes(string field) => this[field] switch
    {
        { Type: JTokenType.String } bytes => (string)bytes!,
        JObject file when file["bytes"] is { Type: JTokenType.String } bytes => (string)bytes!,
        _ => throw Wrong(field, "give the file's bytes, or an object with bytes"),
    };

    /// <summary>The number of a field; null where it is missing.</summary>
    /// <exception cref="UserErrorException">It is no number.</exception>
    internal double? Number(string field) => this[field] switch
    {
        null => null,
        { Type: JTokenType.Integer or JTokenType.Float } number => (double)number,
        _ => throw Wrong(field, "give it as a number"),
    };

    /// <summary>A mistake in a field, for the user.</summary>
    internal UserErrorException Wrong(string field, string remedy) =>
        new($"{place}: field \"{field}\" is {RowFields.Name(fields[field])}; {remedy}");
}
