using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats;

/// <summary>The objects of a JSONL file, or of a JSON file that holds one list, with the line each starts on.</summary>
internal static class JsonRows
{
    /// <summary>
    /// Reads lazily. A row that is no JSON object comes with its problem instead; in a JSON list, broken syntax ends
    /// the file.
    /// </summary>
    public static IEnumerable<(int Line, JObject? Row, string? Problem)> Read(string path) =>
        IsList(path) ? FromList(path) : FromLines(path);

    private static bool IsList(string path)
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
        foreach (var text in File.ReadLines(path))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
            {
                var (row, problem) = TryObject(() => JsonText.Parse(text));
                yield return (line, row, problem);
            }
        }
    }

    private static IEnumerable<(int Line, JObject? Row, string? Problem)> FromList(string path)
    {
        using var reader = new JsonTextReader(new StreamReader(path)) { DateParseHandling = DateParseHandling.None };
        reader.Read();
        while (true)
        {
            JObject? row = null;
            string? problem = null;
            var line = 0;
            var ended = false;
            (row, problem) = TryObject(() =>
            {
                var more = reader.Read();
                line = reader.LineNumber;
                ended = more && reader.TokenType == JsonToken.EndArray;
                if (!more)
                {
                    throw new JsonReaderException("the list is not closed");
                }

                return ended ? JValue.CreateNull() : JToken.ReadFrom(reader);
            });
            if (ended)
            {
                yield break;
            }

            yield return (line, row, problem);
            if (row is null)
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
        catch (JsonException error)
        {
            return (null, $"not valid JSON ({error.Message.TrimEnd('.')}); correct or delete the row");
        }
    }
}
