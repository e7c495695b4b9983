using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// The project's own row: every field of a <see cref="PreferencePair"/> under its name in snake case, left out where it
/// says nothing.
/// </summary>
/// <example>
/// <c>{"id":"scenes-train-000000-1f0c9a3e","question":"Scene:
/// ...","response1":"two","response2":"one","label":"first","difficulty":2}</c>
/// </example>
public static class PairRow
{
    /// <summary>The row of a pair.</summary>
    public static JObject Write(PreferencePair pair)
    {
        var row = new JObject
        {
            ["id"] = pair.Id.Value,
            ["question"] = pair.Question,
            ["response1"] = pair.Response1,
            ["response2"] = pair.Response2,
        };
        Add("label", pair.Label?.ToString().ToLowerInvariant());
        if (pair.AspectLabels is { Count: > 0 } aspects)
        {
            row["aspect_labels"] = new JObject(aspects.Select(
                aspect => new JProperty(aspect.Key, aspect.Value.ToString().ToLowerInvariant())));
        }

        Add("difficulty", pair.Difficulty);
        Add("source", pair.Source.Length > 0 ? pair.Source : null);
        Add("group", pair.Group);
        Add("category", pair.Category);
        Add("original_id", pair.OriginalId);
        AddMedia("media", pair.Media);
        AddMedia("media1", pair.Media1);
        AddMedia("media2", pair.Media2);
        Add("judgment", pair.Judgment);
        Add("reference", pair.Reference);
        Add("recipe", pair.Recipe);
        return row;

        void Add(string field, object? value)
        {
            if (value is not null)
            {
                row[field] = new JValue(value);
            }
        }

        void AddMedia(string field, IReadOnlyList<MediaItem> media)
        {
            if (media.Count > 0)
            {
                row[field] = new JArray(media.Select(item => new JObject
                {
                    ["kind"] = item.Kind.ToString().ToLowerInvariant(),
                    ["path"] = item.Path,
                }));
            }
        }
    }

    /// <summary>The pair of a row; a row without an id gets one from its index and content.</summary>
    internal static PreferencePair Read(DataRow row)
    {
        var question = row.Text("question");
        var first = row.Text("response1");
        var second = row.Text("response2");
        return new PreferencePair
        {
            Id = new PairId(
                row.OptionalText("id") ?? $"pairs-{row.Index:D6}-{ContentHash.Compute(question, first, second)}"),
            Question = question,
            Response1 = first,
            Response2 = second,
            Label = OneOf<PreferenceLabel>(row["label"], "label"),
            AspectLabels = Aspects(row["aspect_labels"]),
            Difficulty = row.OptionalInteger("difficulty"),
            Source = row.OptionalText("source") ?? "",
            Group = row.OptionalText("group"),
            Category = row.OptionalText("category"),
            OriginalId = row.OptionalText("original_id"),
            Media = [.. (row.OptionalList("media") ?? []).SelectMany(Media), .. row.Media()],
            Media1 = [.. (row.OptionalList("media1") ?? []).SelectMany(Media)],
            Media2 = [.. (row.OptionalList("media2") ?? []).SelectMany(Media)],
            Judgment = row.OptionalText("judgment"),
            Reference = row.OptionalText("reference"),
            Recipe = row.OptionalText("recipe"),
        };
    }

    private static Dictionary<string, PreferenceLabel>? Aspects(JToken? labels) => labels switch
    {
        null or { Type: JTokenType.Null } => null,
        JObject aspects => aspects.Properties().ToDictionary(
            aspect => aspect.Name,
            aspect => OneOf<PreferenceLabel>(aspect.Value, $"aspect_labels.{aspect.Name}")
                ?? throw new RowException($"field \"aspect_labels.{aspect.Name}\" is null; give a label")),
        var other => throw new RowException(
            $"field \"aspect_labels\" is {RowFields.Name(other)}; give an object from names of aspects to labels"),
    };

    private static IEnumerable<MediaItem> Media(JToken item) => item is JObject fields
        ? MediaToken.Read(
            fields["path"] ?? throw new RowException("a media item has no \"path\"; give it as a string"),
            OneOf<MediaKind>(fields["kind"], "kind")
                ?? throw new RowException("a media item has no \"kind\"; give image, video or audio"),
            "field \"path\"")
        : throw new RowException($"a media item is {RowFields.Name(item)}; give an object with \"kind\" and \"path\"");

    private static T? OneOf<T>(JToken? value, string field)
        where T : struct, Enum
    {
        var names = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        return RowFields.OptionalText(value, field) is not { } text ? null
            : Array.IndexOf(names, text) is >= 0 and var at ? Enum.GetValues<T>()[at]
            : throw new RowException($"field \"{field}\" is \"{text}\"; give one of {string.Join(", ", names)}");
    }
}
