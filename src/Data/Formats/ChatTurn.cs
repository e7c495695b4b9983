using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;

namespace R1Reward.Data.Formats;

/// <summary>
/// One turn of a conversation in a data file: <c>role</c> and <c>content</c> as OpenAI and TRL write it, or <c>from</c>
/// and <c>value</c> as ShareGPT and LLaMA-Factory do.
/// </summary>
/// <param name="Role"><c>system</c>, <c>user</c> or <c>assistant</c>.</param>
/// <param name="Text">Its text, with a marker for each medium that the row holds elsewhere.</param>
/// <param name="Media">The media that stand in the turn itself.</param>
internal sealed record ChatTurn(string Role, string Text, IReadOnlyList<MediaItem> Media)
{
    public static ChatTurn User(string text) => new("user", text, []);

    public static ChatTurn Assistant(string text) => new("assistant", text, []);

    /// <summary>The turns of a value: one turn, or a list of them.</summary>
    /// <param name="token">The value.</param>
    /// <param name="field">How a message names it.</param>
    public static IReadOnlyList<ChatTurn> ReadAll(JToken token, string field) => token switch
    {
        JObject turn => [Read(turn, field)],
        JArray turns => [.. turns.Select(turn => Read(
            turn as JObject ?? throw new RowException($"a turn of \"{field}\" is {RowFields.Name(turn)}; give objects"),
            field))],
        _ => throw new RowException($"field \"{field}\" is {RowFields.Name(token)}; give a text or a list of turns"),
    };

    /// <summary>
    /// The question that turns put: the text of the only one, or all turns one after the other with their roles.
    /// </summary>
    public static string Transcript(IReadOnlyList<ChatTurn> turns) => turns is [{ Role: "user" } only]
        ? only.Text
        : string.Join(
            "\n\n",
            turns.Select(turn => $"{char.ToUpperInvariant(turn.Role[0])}{turn.Role[1..]}: {turn.Text}"));

    /// <summary>Whether another turn says the same, media included.</summary>
    public bool SaysSame(ChatTurn other) =>
        Role == other.Role && Text == other.Text && Media.SequenceEqual(other.Media);

    private static ChatTurn Read(JObject turn, string field)
    {
        var role = turn.OptionalText("role") ?? turn.OptionalText("from");
        var media = new List<MediaItem>();
        if (!RowFields.IsEmpty(turn["tool_calls"]))
        {
            throw new RowException($"a turn of \"{field}\" has \"tool_calls\", which are not shown; leave the row out");
        }

        return new ChatTurn(
            role switch
            {
                "system" or "developer" => "system",
                "user" or "human" => "user",
                "assistant" or "gpt" or "model" => "assistant",
                _ => throw new RowException(
                    $"a turn of \"{field}\" has the role \"{role}\"; give system, user or assistant"),
            },
            string.Concat(Content(turn["content"] ?? turn["value"], field, media)),
            media);
    }

    private static IEnumerable<string> Content(JToken? content, string field, List<MediaItem> media) => content switch
    {
        null or { Type: JTokenType.Null } => [],
        JValue { Value: string text } => [text],
        JArray parts => parts.Select(part => part is JObject piece
            ? Part(piece, field, media)
            : throw new RowException($"a part of \"{field}\" is {RowFields.Name(part)}; give {{\"type\": ...}}")),
        _ => throw new RowException($"the content of a turn of \"{field}\" is {RowFields.Name(content)}; give a text"),
    };

    // Files from Arrow tables have every field in every part, null where it says nothing.
    private static string Part(JObject part, string field, List<MediaItem> media)
    {
        var type = part.OptionalText("type");
        if (type == "text" || (type is null && part["text"] is { Type: JTokenType.String }))
        {
            return part.OptionalText("text") ?? "";
        }

        var kind = Enum.GetValues<MediaKind>()
            .Cast<MediaKind?>()
            .FirstOrDefault(known => type?.StartsWith(known.ToString()!, StringComparison.OrdinalIgnoreCase) == true)
            ?? throw new RowException($"a part of \"{field}\" has the type \"{type}\"; give text, image or video");
        var name = kind.ToString().ToLowerInvariant();
        string[] places = [name, name + "_url", "url", "path"];
        var inside = places
            .SelectMany(place => MediaToken.Read(part[place], kind, $"\"{place}\" in \"{field}\""))
            .ToList();
        media.AddRange(inside);
        return inside.Count > 0 ? "" : MediaMarkers.ForKind(kind);
    }
}
