using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Rewards.Http;

namespace R1Reward.Cli.Serving;

/// <summary>Reads the messages of a chat completion request: texts, and pictures inside the request.</summary>
internal static class GrmMessages
{
    /// <summary>The turns of a request.</summary>
    /// <exception cref="RefusedException">Which message cannot be read, and what it should hold.</exception>
    public static IReadOnlyList<ChatMessage> Read(JObject body)
    {
        if (body["messages"] is not JArray { Count: > 0 } messages)
        {
            throw new RefusedException(400, "messages must be a list of at least one message");
        }

        return [.. messages.Select(Message)];
    }

    private static ChatMessage Message(JToken message, int index)
    {
        if (message is JObject turn &&
            turn["role"] is JValue { Value: "system" or "developer" or "user" or "assistant" } role)
        {
            // OpenAI's newer name of the same role.
            var name = (string)role! == "developer" ? "system" : (string)role!;
            return new ChatMessage(name, Content(turn["content"], index));
        }

        throw new RefusedException(400, $"messages[{index}] needs a role: system, user or assistant");
    }

    private static IReadOnlyList<ContentPart> Content(JToken? content, int message) => content switch
    {
        JValue { Value: string text } => [new TextPart(text)],
        JArray { Count: > 0 } parts => [.. parts.Select(part => Part(part, message))],
        _ => throw new RefusedException(400, $"messages[{message}] needs a content: a text, or a list of parts"),
    };

    private static ContentPart Part(JToken part, int message)
    {
        var piece = part as JObject;
        return (string?)(piece?["type"] as JValue) switch
        {
            "text" when piece!["text"] is JValue { Value: string text } => new TextPart(text),
            "image_url" when piece!["image_url"] is JObject image && image["url"] is JValue { Value: string url } =>
                Picture(url, message),
            _ => throw new RefusedException(
                400, $"messages[{message}] holds something other than parts of type text and image_url"),
        };
    }

    // Only what the request itself holds: an address would have this server read files or ask other servers for a
    // stranger.
    private static MediaPart Picture(string url, int message) => DataUri.Matches(url)
        ? new MediaPart(new MediaItem(MediaKind.Image, url))
        : throw new RefusedException(
            400,
            $"messages[{message}]: pictures come inside the request, as data:image/png;base64,...; "
            + "addresses are not fetched");
}
