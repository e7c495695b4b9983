using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// MMPR, as MM-Reward reads it: <c>image</c>, <c>question</c>, <c>chosen</c>, <c>rejected</c>, where null is an
/// empty text and a row without a picture is passed over; or <c>chosen</c> and <c>rejected</c> with a text and a
/// picture each. The preferred response comes first, as in the file; apply an order before judging.
/// </summary>
internal static class MmprRow
{
    private const string Source = "mmpr";

    public static bool Matches(JObject row) =>
        (row.ContainsKey("question") && row.ContainsKey("image") && IsTextOrNull(row, "chosen")
            && IsTextOrNull(row, "rejected"))
        || (HasText(row["chosen"]) && HasText(row["rejected"]));

    public static IEnumerable<PreferencePair> Read(DataRow row)
    {
        if (row["chosen"] is JObject chosen && row["rejected"] is JObject rejected)
        {
            var (better, worse) = (Inside(chosen, "chosen"), Inside(rejected, "rejected"));
            return [Pair(row, better.Text, worse.Text) with { Media1 = better.Media, Media2 = worse.Media }];
        }

        var media = row.Media();
        if (media.Count == 0)
        {
            return [];
        }

        var pair = Pair(row, row.OptionalText("chosen") ?? "", row.OptionalText("rejected") ?? "");
        return [pair with { Question = MediaMarkers.Remove(pair.Question, media), Media = media }];
    }

    private static PreferencePair Pair(DataRow row, string chosen, string rejected)
    {
        var question = row.OptionalText("question") ?? "";
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{ContentHash.Compute(question, chosen, rejected)}"),
            Question = question,
            Response1 = chosen,
            Response2 = rejected,
            Label = PreferenceLabel.First,
            Source = Source,
            Group = "prompt-" + (question.Length > 0
                ? ContentHash.Compute(question)
                : ContentHash.Compute(chosen, rejected)),
            OriginalId = row.OptionalName("id"),
        };
    }

    private static (string Text, MediaItem[] Media) Inside(JObject reply, string field) => (
        RowFields.Text(reply["text"], field + ".text"),
        [.. MediaToken.Read(reply["image"], MediaKind.Image, $"field \"{field}.image\"")]);

    private static bool HasText(JToken? reply) => reply is JObject fields && fields.ContainsKey("text");

    private static bool IsTextOrNull(JObject row, string field) =>
        row[field] is JValue { Type: JTokenType.String or JTokenType.Null };
}
