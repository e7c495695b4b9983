using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;

namespace R1Reward.Data.Formats;

/// <summary>
/// A row that remembers which of its fields were read, so that a field without effect can be named to the user.
/// </summary>
/// <param name="fields">The row as it stands in the file.</param>
/// <param name="index">Its place among the rows, from 0.</param>
internal sealed class DataRow(JObject fields, int index)
{
    // Where a row has one of these and its format does not read it, the model would be shown another question than the
    // two responses reply to.
    private static readonly string[] ChangeTheQuestion =
    [
        "system", "system_prompt", "tools", "functions", "history", "context", "documents", "input",
        "image", "images", "video", "videos", "audio", "audios", "messages", "conversations",
    ];

    private readonly HashSet<string> _read = [];
    private readonly List<string> _ignoredInside = [];

    public int Index => index;

    /// <summary>The value of a field, which counts as read from now on; null where there is none.</summary>
    public JToken? this[string field]
    {
        get
        {
            _read.Add(field);
            return fields[field];
        }
    }

    /// <summary>Whether a field says something; does not count as reading it.</summary>
    public bool Holds(string field) => !RowFields.IsEmpty(fields[field]);

    /// <summary>The names of all fields.</summary>
    public IEnumerable<string> Names => fields.Properties().Select(property => property.Name);

    /// <summary>The value of a field; does not count as reading it.</summary>
    public JToken? Peek(string field) => fields[field];

    public string Text(string field) => RowFields.Text(this[field], field);

    public string? OptionalText(string field) => RowFields.OptionalText(this[field], field);

    public int? OptionalInteger(string field) => RowFields.OptionalInteger(this[field], field);

    public JArray? OptionalList(string field) => RowFields.OptionalList(this[field], field);

    /// <summary>An id, which publishers write as a text or a number.</summary>
    public string? OptionalName(string field) => this[field] is JValue { Value: long number }
        ? number.ToString(CultureInfo.InvariantCulture)
        : OptionalText(field);

    /// <summary>A list of at least one text.</summary>
    public string[] Texts(string field) =>
        this[field] is JArray { Count: > 0 } list && list.All(item => item is JValue { Value: string })
            ? [.. list.Select(item => (string)item!)]
            : throw new RowException($"field \"{field}\" is no list of texts; give [\"...\", ...]");

    /// <summary>The pictures, videos and sounds that the row's own fields name, in this order.</summary>
    /// <exception cref="RowException">A kind stands in two fields that differ, or a value names no file.</exception>
    public IReadOnlyList<MediaItem> Media() => [.. Enum.GetValues<MediaKind>().SelectMany(Media)];

    /// <summary>
    /// Records something below the fields that is passed over, for example <c>message.max_pixels</c>.
    /// </summary>
    public void Ignore(string name) => _ignoredInside.Add(name);

    /// <summary>The names of what says something and was not read.</summary>
    /// <param name="format">The format's name, for the refusal.</param>
    /// <exception cref="RowException">Such a field would change what the responses reply to.</exception>
    public IEnumerable<string> Ignored(string format)
    {
        var unread = fields.Properties()
            .Select(property => property.Name)
            .Where(name => !_read.Contains(name) && Holds(name))
            .ToList();
        return unread.FirstOrDefault(name => ChangeTheQuestion.Contains(name.ToLowerInvariant())) is { } field
            ? throw new RowException(
                $"field \"{field}\" is not read in rows of the format {format}, and the responses reply to it; "
                + "write it into the prompt, or delete it")
            : unread.Concat(_ignoredInside);
    }

    private IReadOnlyList<MediaItem> Media(MediaKind kind)
    {
        var singular = kind.ToString().ToLowerInvariant();
        var plural = singular + "s";
        var (first, second) = (Media(singular, kind), Media(plural, kind));
        return first.Count == 0 || first.SequenceEqual(second) ? second
            : second.Count == 0 ? first
            : throw new RowException($"fields \"{singular}\" and \"{plural}\" differ; keep one of them");
    }

    private List<MediaItem> Media(string field, MediaKind kind) =>
        [.. MediaToken.Read(this[field], kind, $"field \"{field}\"")];
}
