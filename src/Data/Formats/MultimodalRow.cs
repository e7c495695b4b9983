using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>Multimodal RewardBench's <c>all_data.json</c>: two outputs, and which is better.</summary>
internal static class MultimodalRow
{
    private const string Source = "multimodal-rewardbench";

    public static bool Matches(JObject row) =>
        row.ContainsKey("Output1") && row.ContainsKey("Output2") && row.ContainsKey("Better");

    public static PreferencePair Read(DataRow row)
    {
        var id = row.OptionalName("ID") ?? "";
        var text = row.OptionalText("Text")
            ?? throw new RowException(
                "field \"Text\" is missing; the publishers' download step fills it in from the original data sets");
        var first = row.Text("Output1");
        var second = row.Text("Output2");
        IReadOnlyList<MediaItem> media =
            [.. MediaToken.Read(row["Image"], MediaKind.Image, "field \"Image\""), .. row.Media()];
        var hash = ContentHash.Compute([id, text, first, second, .. media.Select(item => item.Path)]);
        return new PreferencePair
        {
            Id = new PairId($"{Source}-{row.Index:D6}-{hash}"),
            Question = MediaMarkers.Remove(text, media),
            Response1 = first,
            Response2 = second,
            Media = media,
            Label = row.Text("Better") switch
            {
                "Output1" => PreferenceLabel.First,
                "Output2" => PreferenceLabel.Second,
                var other => throw new RowException($"field \"Better\" is \"{other}\"; give Output1 or Output2"),
            },
            Source = Source,
            Group = "prompt-" + ContentHash.Compute([text, .. media.Select(item => item.Path)]),
            Category = row.OptionalText("Category") is { } category ? SuiteCategory.Multimodal(id, category) : null,
            OriginalId = id.Length > 0 ? id : null,
        };
    }
}
