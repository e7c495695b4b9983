using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Data.Text;

namespace R1Reward.Data.Formats;

/// <summary>
/// A row of prompts with right answers, as LightRFT's trainer takes it: the prompt is a text, a turn or a conversation,
/// and the answer stands in one of several places. Difference: every picture has a place of its own in the message,
/// where the published loader makes one for all.
/// </summary>
/// <param name="Prompt">The prompt as it stands in the row, or the user's text of a conversation.</param>
/// <param name="Messages">What a chat template is given: a system's turn where there is one, and the user's.</param>
/// <param name="Media">The pictures of the row.</param>
/// <param name="Reference">The right answer: a text, a number or a list of these; null where there is none.</param>
/// <param name="Label">What kind of task it is, by which its rewards are chosen; null where nothing is said.</param>
/// <example>
/// <c>{"prompt": "&lt;image&gt;2 + 2?", "images": ["a.png"], "reward_model": {"ground_truth": "['4']"}}</c> has the
/// reference 4.
/// </example>
public sealed record PromptRecord(
    string Prompt,
    IReadOnlyList<ChatMessage> Messages,
    IReadOnlyList<MediaItem> Media,
    JToken? Reference,
    string? Label)
{
    private const string ImageMarker = "<image>";
    private const string Place = "{}";

    /// <summary>The right answers as texts; none where there is no reference.</summary>
    public IReadOnlyList<string> Answers => Reference switch
    {
        null => [],
        JArray several => [.. several.Select(Written)],
        var one => [Written(one)],
    };

    /// <summary>Reads a row of a data file.</summary>
    /// <param name="row">The row as it stands in the file.</param>
    /// <param name="options">The names of its fields, and what goes around the prompt.</param>
    /// <exception cref="RowException">The row has no prompt of the user's.</exception>
    public static PromptRecord Read(JObject row, PromptRecordOptions options)
    {
        var given = row[options.PromptField];
        var text = UserText(given, options.PromptField);
        IReadOnlyList<MediaItem> media =
            [.. MediaToken.Read(row[options.ImagesField], MediaKind.Image, $"field \"{options.ImagesField}\"")];
        return new PromptRecord(
            given is JValue { Value: string raw } ? options.InputTemplate.Replace(Place, raw) : text,
            Render(options, text, media),
            media,
            ReferenceOf(row, options.ReferenceField),
            LabelOf(row, options.LabelField));
    }

    private static List<ChatMessage> Render(
        PromptRecordOptions options, string text, IReadOnlyList<MediaItem> media)
    {
        var around = options.InputTemplate.Split(Place, 2);
        ContentPart[] content =
        [
            .. media.Select(item => new MediaPart(item)),
            .. new TextPart[] { new(around[0], IsTrusted: true), new(Plain(text)), new(around[^1], IsTrusted: true) }
                .Where(part => part.Text.Length > 0),
        ];
        var user = new ChatMessage("user", content);
        return options.SystemPrompt is { } system
            ? [new ChatMessage("system", [new TextPart(system, IsTrusted: true)]), user]
            : [user];
    }

    // The first turn of the user's counts, as published.
    private static string UserText(JToken? prompt, string field) => prompt switch
    {
        JValue { Value: string text } => text,
        JArray turns => turns.OfType<JObject>().FirstOrDefault(IsUser) is { } turn
            ? UserText(turn, field)
            : throw new RowException($"field \"{field}\" has no turn of the user; give one"),
        JObject turn when turn["value"] is JValue { Value: string text } => text,
        JObject turn when turn["content"] is JValue { Value: string text } => text,
        JObject turn when turn["content"] is JArray parts => string.Join(' ', parts.OfType<JObject>()
            .Where(part => part["type"] is JValue { Value: "text" })
            .Select(part => RowFields.OptionalText(part["text"], field + ".text") ?? "")),
        _ => throw new RowException(
            $"field \"{field}\" is {RowFields.Name(prompt)}; give a text, a turn with content, or a list of turns"),
    };

    private static bool IsUser(JObject turn) => turn["role"] is JValue { Value: "user" };

    private static string Plain(string text) => text.Replace(ImageMarker, "", StringComparison.Ordinal);

    private static JToken? ReferenceOf(JObject row, string field) =>
        Normal(row[field])
        ?? Normal((row["reward_model"] as JObject)?["ground_truth"])
        ?? Normal(row["ground_truth"])
        ?? Normal((row["extra_info"] as JObject)?["constraints"]);

    // A single one is taken out of its list, also where the list is a text.
    private static JToken? Normal(JToken? value)
    {
        if (value is JObject held && (held["value"] ?? held["ground_truth"]) is { } inside)
        {
            value = inside;
        }

        if (value is JValue { Value: string written })
        {
            var text = PythonText.Strip(written);
            value = text is ['[', .., ']'] or ['(', .., ')'] && PythonLiteral.TryParse(text) is { } parsed
                ? parsed
                : new JValue(text);
        }

        return value switch
        {
            null or { Type: JTokenType.Null } => null,
            JArray { Count: 1 } single => single[0],
            var other => other,
        };
    }

    private static string? LabelOf(JObject row, string field) =>
        Said(row[field]) ?? Said((row["extra_info"] as JObject)?[field]);

    private static string? Said(JToken? value) => value is JValue { Value: not null } label ? Written(label) : null;

    private static string Written(JToken value) => value is JValue { Value: { } held }
        ? Convert.ToString(held, CultureInfo.InvariantCulture)!
        : value.ToString(Newtonsoft.Json.Formatting.None);
}
