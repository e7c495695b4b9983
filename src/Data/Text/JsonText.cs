using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Text;

/// <summary>
/// Reads JSON that comes from outside: one value and nothing after it, dates left as text, depth limited by the reader.
/// </summary>
public static class JsonText
{
    /// <summary>The value of a text.</summary>
    /// <exception cref="JsonException">The text is no JSON, or something follows the value.</exception>
    public static JToken Parse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None };
        var value = JToken.ReadFrom(reader);
        return reader.Read() ? throw new JsonReaderException("text follows the value") : value;
    }

    /// <summary>The object of a text; null where the text is anything else.</summary>
    public static JObject? ParseObject(string text)
    {
        try
        {
            return Parse(text) as JObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
