using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge;

/// <summary>Reads JSON from the other side of a connection: one object, dates left as text, depth limited by the reader.</summary>
internal static class JudgeJson
{
    /// <summary>The object, or null where the text is anything else.</summary>
    public static JObject? TryParse(string text)
    {
        using var reader = new JsonTextReader(new StringReader(text)) { DateParseHandling = DateParseHandling.None };
        try
        {
            var json = JToken.ReadFrom(reader) as JObject;
            return reader.Read() ? null : json;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
