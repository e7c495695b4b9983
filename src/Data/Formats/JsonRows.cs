using System.Text;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Files;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats;

/// <summary>The objects of a JSONL file, or of a JSON file that holds one list, with the line each starts on.</summary>
internal static class JsonRows
{
    /// <summary>What is wrong with bytes that another encoding wrote.</summary>
    internal const string NoUtf8 = "holds bytes that are no UTF-8; save the file as UTF-8";

    /// <summary>
    /// Reads lazily. A row that is no JSON object comes with its problem instead; in a JSON list, broken syntax ends
    /// the file.
    /// </summary>
    public static IEnumerable<(int Line, JObject? Row, string? Problem)> Read(string path) =>
        IsList(path) ? FromList(path) : FromLines(path);

    /// <summary>Whether a file holds one list, rather than an object on each line.</summary>
    public static bool IsList(string path)
    {
        using var text = new StreamReader(path);
        int c;
        do
        {
            c = text.Read();
        }
        while (c >= 0 && char.IsWhiteSpace((char)c));
        return c == '[';
    }

    private static IEnumerable<(int Line, JObject? Row, string? Problem)> FromLines(string path)
    {
        var line = 0;
        foreach (var text in Utf8Lines.Read(path))
        {
            line++;
            if (text is null)
            {
                yield return (line, null, NoUtf8);
            }
            else if (!string.IsNullOrWhiteSpace(text))
            {
                var (row, problem) = TryObject(() => JsonText.Parse(text));
                yield return (line, row, problem);
            }
        }
    }

    private static IEnumerable<(int Line, JObject? Row, string? Problem)> FromList(string path)
    {
        using var reader = new JsonTextReader(new StreamReader(path, Utf8Lines.Strict))
        {
            DateParseHandling = DateParseHandling.None,
        };
        var isBegun = false;
        while (true)
        {
            var line = 0;
            var (isRead, ended) = (false, false);
            var (row, problem) = TryObject(() =>
            {
                // The bracket before the first row.
                isBegun = isBegun || reader.Read();
                var more = reader.Read();
                line = reader.LineNumber;
                ended = more && reader.TokenType == JsonToken.EndArray;
                var token = ended ? JValue.CreateNull()
                    : more ? JToken.ReadFrom(reader)
                    : throw new JsonReaderException("the list is not closed");
                isRead = true;
                return token;
            });
            if (ended)
            {
                yield break;
            }

            // No line where the syntax breaks before the row begins.
            yield return (line == 0 ? reader.LineNumber : line, row, problem);
            if (!isRead)
            {
                yield break;
            }
        }
    }

    private static (JObject? Row, string? Problem) TryObject(Func<JToken> read)
    {
        try
        {
            var token = read();
            return token is JObject row
                ? (row, null)
                : (null, $"the row is {RowFields.Name(token)}; give a JSON object");
        }
        catch (DecoderFallbackException)
        {
            return (null, NoUtf8);
        }
        catch (JsonException error)
        {
            return (null, $"not valid JSON ({error.Message.TrimEnd('.')}); correct or delete the row");
        }
    }
}
