using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;

namespace R1Reward.Data.Handlers;

/// <summary>A row of a set of comparisons.</summary>
/// <param name="place">Where the row stands.</param>
/// <param name="fields">The row.</param>
internal sealed class HandledRow(string place, JObject fields)
{
    /// <summary>File and line, or file, row group and row.</summary>
    internal string Place => place;

    /// <summary>The row as it stands in the file.</summary>
    internal JObject Fields => fields;

    /// <summary>The value of a field; null where it is missing or null.</summary>
    internal JToken? this[string field] => fields[field] is { Type: not JTokenType.Null } value ? value : null;

    /// <summary>Reads the rows of a file; one that is wrong comes with its problem.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="compare">Makes the comparisons of a row.</param>
    internal static IEnumerable<ComparisonRow> ReadAll(
        string path, Func<HandledRow, IEnumerable<Comparison>> compare) =>
        RowFiles.Read(path).Select(row => Read(row.Place, () =>
            compare(new HandledRow(row.Place, row.Fields ?? throw new RowException(row.Problem!)))));

    /// <summary>Reads one row, whose problem comes with it.</summary>
    internal static ComparisonRow Read(string place, Func<IEnumerable<Comparison>> compare)
    {
        try
        {
            return new ComparisonRow(place, [.. compare()], null);
        }
        catch (RowException wrong)
        {
            return new ComparisonRow(place, [], wrong.Message);
        }
    }

    /// <summary>The text of a field.</summary>
    /// <exception cref="RowException">It is missing or no text.</exception>
    internal string Text(string field) => fields.Text(field);

    /// <summary>The base64 of a file that stands in a field, alone or under <c>bytes</c>.</summary>
    /// <exception cref="RowException">It is missing or no text.</exception>
    internal string Bytes(string field) => this[field] switch
    {
        { Type: JTokenType.String } bytes => (string)bytes!,
        JObject file when file["bytes"] is { Type: JTokenType.String } bytes => (string)bytes!,
        _ => throw Wrong(field, "give the file's bytes, or an object with bytes"),
    };

    /// <summary>The number of a field; null where it is missing.</summary>
    /// <exception cref="RowException">It is no number.</exception>
    internal double? Number(string field) => this[field] switch
    {
        null => null,
        { Type: JTokenType.Integer or JTokenType.Float } number => (double)number,
        _ => throw Wrong(field, "give it as a number"),
    };

    /// <summary>A mistake in a field, for the user.</summary>
    internal RowException Wrong(string field, string remedy)
    {
        var value = fields[field] is JValue { Value: string { Length: < 40 } text }
            ? JsonConvert.ToString(text)
            : RowFields.Name(fields[field]);
        return new RowException($"field \"{field}\" is {value}; {remedy}");
    }
}
