using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Rewards.Http;

namespace R1Reward.Cli.Serving;

/// <summary>Reads the messages of a chat completion request: texts, and media inside the request.</summary>
/// <remarks>
/// What a message or a part holds beside the fields that are read is refused by name, unless it is empty: clients send
/// replies back as they got them, with <c>"tool_calls": []</c> and <c>"refusal": null</c>.
/// </remarks>
internal static class GrmMessages
{
    /// <summary>The turns of a request; part j of turn i is that of <c>messages[i].content[j]</c>.</summary>
    /// <param name="body">The request.</param>
    /// <param name="fetches">Whether pictures may stand at http and https addresses.</param>
    /// <exception cref="RefusedException">Which message cannot be read, and what it should hold.</exception>
    public static IReadOnlyList<ChatMessage> Read(JObject body, bool fetches) =>
        body["messages"] is JArray { Count: > 0 } messages
        ? [.. messages.Select((message, i) => Message(message, $"messages[{i}]", fetches))]
        : throw new RefusedException(400, "messages must be a list of at least one message");

    /// <summary>Where a medium stands in the request: <c>messages[1].content[0].image_url</c>.</summary>
    /// <param name="messages">The turns as read.</param>
    /// <param name="medium">The number of the medium among all of the request.</param>
    public static string PlaceOf(IReadOnlyList<ChatMessage> messages, int medium)
    {
        var places =
            from message in messages.Index()
            from part in message.Item.Content.Index()
            let shown = part.Item as MediaPart
            where shown is not null
            let name = shown.Item.Kind == MediaKind.Audio ? "input_audio" : "image_url"
            select $"messages[{message.Index}].content[{part.Index}].{name}";
        return places.ElementAt(medium);
    }

    private static ChatMessage Message(JToken message, string place, bool fetches)
    {
        if (message is not JObject turn ||
            turn["role"] is not JValue { Value: "system" or "developer" or "user" or "assistant" } role)
        {
            throw new RefusedException(400, $"{place}.role must be system, developer, user or assistant");
        }

        RequireOnly(turn, place, "role", "content", "name");

        // OpenAI's newer name of the same role.
        var name = (string)role! == "developer" ? "system" : (string)role!;
        return new ChatMessage(name, Content(turn["content"], $"{place}.content", fetches));
    }

    private static IReadOnlyList<ContentPart> Content(JToken? content, string place, bool fetches) => content switch
    {
        JValue { Value: string text } => [new TextPart(text)],
        JArray { Count: > 0 } parts => [.. parts.Select((part, j) => Part(part, $"{place}[{j}]", fetches))],
        _ => throw new RefusedException(400, $"{place} must be a text, or a list of parts"),
    };

    private static ContentPart Part(JToken part, string place, bool fetches)
    {
        switch (part)
        {
            case JValue { Value: string plain }:
                return new TextPart(plain);
            case JObject piece when piece["type"] is JValue { Value: "text" }:
                RequireOnly(piece, place, "type", "text", "cache_control");
                return piece["text"] is JValue { Value: string text }
                    ? new TextPart(text)
                    : throw new RefusedException(400, $"{place}.text must be a text");
            case JObject piece when piece["type"] is JValue { Value: "image_url" }:
                RequireOnly(piece, place, "type", "image_url", "cache_control");
                return Picture(piece["image_url"], $"{place}.image_url", fetches);
            case JObject piece when piece["type"] is JValue { Value: "input_audio" }:
                RequireOnly(piece, place, "type", "input_audio", "cache_control");
                return Sound(piece["input_audio"], $"{place}.input_audio");
            default:
                throw new RefusedException(
                    400, $"{place}.type must be text, image_url or input_audio; other parts are not served");
        }
    }

    // What the request itself holds, and addresses of other servers where the operator wants them asked for strangers;
    // never a file of this machine.
    private static MediaPart Picture(JToken? image, string place, bool fetches)
    {
        var url = image;
        if (image is JObject holder)
        {
            RequireOnly(holder, place, "url", "detail");
            if (holder.Get("detail") is { } detail && detail is not JValue { Value: "auto" or "high" })
            {
                throw new RefusedException(
                    400, $"{place}.detail is not served: leave it out, or send \"auto\" or \"high\"");
            }

            url = holder["url"];
        }

        return url switch
        {
            JValue { Value: string text } when DataUri.Matches(text) || (fetches && IsHttp(text)) =>
                new MediaPart(new MediaItem(MediaKind.Image, text)),
            JValue { Value: string } => throw new RefusedException(
                400,
                $"{place}.url: pictures come inside the request, as data:image/png;base64,...; "
                + (fetches ? "or at an http or https address" : "addresses are not fetched (--fetch)")),
            _ => throw new RefusedException(
                400, $"{place} must be an object with a url, or the url itself: data:image/png;base64,..."),
        };
    }

    // As OpenAI has it: base64 and the name of a format, which the file says itself as well.
    private static MediaPart Sound(JToken? sound, string place)
    {
        if (sound is not JObject holder || holder["data"] is not JValue { Value: string data })
        {
            throw new RefusedException(400, $"{place} must be an object with data, the file in base64");
        }

        RequireOnly(holder, place, "data", "format");
        var path = DataUri.Matches(data) ? data : "data:audio/octet-stream;base64," + data;
        return new MediaPart(new MediaItem(MediaKind.Audio, path));
    }

    private static bool IsHttp(string address) =>
        address.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || address.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static void RequireOnly(JObject holder, string place, params ReadOnlySpan<string> known)
    {
        foreach (var (name, value) in holder)
        {
            if (!known.Contains(name) && !IsEmpty(value))
            {
                throw new RefusedException(400, $"{place}.{name} is not served: leave it out");
            }
        }
    }

    private static bool IsEmpty(JToken? value) =>
        value is null or { Type: JTokenType.Null } or JContainer { Count: 0 } or JValue { Value: "" or false };
}
