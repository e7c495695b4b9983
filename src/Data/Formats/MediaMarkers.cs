using System.Text.RegularExpressions;
using R1Reward.Data.Media;

namespace R1Reward.Data.Formats;

/// <summary>
/// The markers <c>&lt;image&gt;</c>, <c>&lt;video&gt;</c> and <c>&lt;audio&gt;</c> with which LLaMA-Factory and others
/// say where in a text a medium belongs. Here media come before the text.
/// </summary>
internal static class MediaMarkers
{
    /// <summary>The marker of a kind of medium.</summary>
    public static string ForKind(MediaKind kind) => $"<{kind.ToString().ToLowerInvariant()}>";

    /// <summary>
    /// The text without its markers where all stand at its beginning or end; otherwise each becomes <c>(image 1)</c>,
    /// counted by kind. Markers of kinds that the row does not have are text.
    /// </summary>
    /// <exception cref="RowException">The text has more or fewer markers than the row has media.</exception>
    public static string Remove(string text, IReadOnlyList<MediaItem> media)
    {
        var markers = media.Select(item => ForKind(item.Kind)).Distinct().ToList();
        foreach (var marker in markers)
        {
            var given = media.Count(item => ForKind(item.Kind) == marker);
            var marked = text.Split(marker).Length - 1;
            if (marked > 0 && marked != given)
            {
                throw new RowException(
                    $"the text has {marker} {marked} times and the row {given} such media; give one for each");
            }
        }

        if (!markers.Any(marker => text.Contains(marker, StringComparison.Ordinal)))
        {
            return text;
        }

        var any = string.Join('|', markers);
        var bare = Regex.Replace(text, $@"^(?:\s*(?:{any}))+\s*|(?:\s*(?:{any}))+\s*$", "");
        return Regex.IsMatch(bare, any) ? Number(text, any) : bare;
    }

    private static string Number(string text, string anyMarker)
    {
        var counts = new Dictionary<string, int>();
        return Regex.Replace(text, anyMarker, marker =>
        {
            var kind = marker.Value.Trim('<', '>');
            counts[kind] = counts.GetValueOrDefault(kind) + 1;
            return $"({kind} {counts[kind]})";
        });
    }
}
