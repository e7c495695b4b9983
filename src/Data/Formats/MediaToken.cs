using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;

namespace R1Reward.Data.Formats;

/// <summary>
/// The ways in which data files name a picture, video or sound: a path or address, base64, an object with
/// <c>bytes</c>, <c>path</c> or <c>url</c>, a list of these, or nothing.
/// </summary>
internal static class MediaToken
{
    private static readonly string[] Places =
        ["bytes", "path", "url", "image_url", "audio_url", "image", "video", "audio"];
    private static readonly string[] PictureEndings = [".png", ".jpg", ".jpeg", ".webp", ".gif"];

    // What base64 of a file's first bytes begins with. A path of this beginning is not that long.
    private static readonly (string Start, string Type)[] Beginnings =
    [
        ("/9j/", "image/jpeg"), ("iVBORw0KGgo", "image/png"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp"),
        ("SUQz", "audio/mpeg"), ("T2dnUw", "audio/ogg"), ("ZkxhQw", "audio/flac"),
    ];

    /// <summary>The media of a value; none for null, empty text and empty lists.</summary>
    /// <param name="token">The value.</param>
    /// <param name="kind">What it shows.</param>
    /// <param name="where">How a message names the field.</param>
    public static IEnumerable<MediaItem> Read(JToken? token, MediaKind kind, string where) => token switch
    {
        null or { Type: JTokenType.Null } => [],
        JValue { Value: string text } => string.IsNullOrWhiteSpace(text) ? [] : [new MediaItem(kind, Place(text))],
        JArray frames when kind == MediaKind.Video && AreFrames(frames) => throw new RowException(
            $"{where} is a list of frames; put the frames of a video into one folder and give its path"),
        JArray several => several.SelectMany(item => Read(item, kind, where)),
        JObject place when Places.Any(place.ContainsKey) => Inside(place, kind, where),
        var other => throw new RowException($"{where} is {RowFields.Name(other)}; give a path as a string"),
    };

    private static IEnumerable<MediaItem> Inside(JObject place, MediaKind kind, string where)
    {
        if (place["bytes"] is { Type: not JTokenType.Null } bytes)
        {
            var text = bytes is JValue { Value: string held }
                ? held
                : throw new RowException($"\"bytes\" of {where} is {RowFields.Name(bytes)}; give base64 as a string");
            return text.Length == 0 ? [] : [new MediaItem(kind, Held(text))];
        }

        var found = Places.Skip(1)
            .Select(name => place[name])
            .FirstOrDefault(value => value is { Type: not JTokenType.Null });
        return found is null ? [] : Read(found, kind, where);
    }

    private static string Place(string text) =>
        text.Length > 128 && Beginnings.Any(beginning => text.StartsWith(beginning.Start, StringComparison.Ordinal))
            ? Held(text)
            : text;

    private static string Held(string base64)
    {
        if (DataUri.Matches(base64))
        {
            return base64;
        }

        var known = Beginnings
            .FirstOrDefault(beginning => base64.StartsWith(beginning.Start, StringComparison.Ordinal));
        return $"data:{known.Type ?? "application/octet-stream"};base64,{base64}";
    }

    private static bool AreFrames(JArray list) => list.Count > 0 && list.All(
        item => item is JValue { Value: string path }
            && PictureEndings.Any(ending => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase)));
}
