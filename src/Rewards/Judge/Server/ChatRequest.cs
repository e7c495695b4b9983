using Newtonsoft.Json.Linq;

namespace R1Reward.Rewards.Judge.Server;

/// <summary>
/// Reads the body of a chat completion request as far as the judge server serves it. Fields about sampling change
/// nothing, since a rule decides; what would change the form of the reply is refused by name.
/// </summary>
internal static class ChatRequest
{
    /// <summary>What the user says last, or the reason why nothing can be replied.</summary>
    public static (string? Message, string Error) Read(JObject json)
    {
        if (json["stream"] is JValue { Value: true })
        {
            return (null, "stream is not served: leave it out or set it to false");
        }

        if (json["n"] is JValue { Value: not (null or 1L or 1.0) })
        {
            return (null, "n is not served: there is one verdict; leave it out or set it to 1");
        }

        if (json["logprobs"] is JValue { Value: true })
        {
            return (null, "logprobs is not served: a rule has no probabilities; leave it out or set it to false");
        }

        if (json["messages"] is not JArray { Count: > 0 } messages)
        {
            return (null, "messages must be an array of at least one message");
        }

        if (!messages.All(IsMessage))
        {
            return (null, "every message needs a role and a content, both text");
        }

        var last = messages.OfType<JObject>().Last();
        return Text(last["role"]) == "user"
            ? (Text(last["content"]), "")
            : (null, "the last message is not the user's, and this server replies to no other");
    }

    /// <summary>The model asked for; null where the request names none.</summary>
    public static string? Model(JObject json) => Text(json["model"]);

    /// <summary>A text field, or the text of a list of text parts, as the chat API allows for content.</summary>
    private static string? Text(JToken? token) => token switch
    {
        JValue { Value: string text } => text,
        JArray { Count: > 0 } parts when parts.All(IsTextPart) =>
            string.Concat(parts.Select(part => (string)part["text"]!)),
        _ => null,
    };

    private static bool IsTextPart(JToken token) =>
        token is JObject part && Text(part["type"]) == "text" && part["text"] is JValue { Value: string };

    private static bool IsMessage(JToken token) =>
        token is JObject message && Text(message["role"]) is not null && Text(message["content"]) is not null;
}
