using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// Rows of VL-RewardBench and MM-RLHF-RewardBench. The preferred response comes first, as in the file; apply
/// an order before judging. Published ids repeat, so identity is row index and content hash (decision D19).
/// </summary>
internal static class ChosenRow
{
    private static readonly string[] MmRlhfFolders = ["mcq", "long", "short", "safety", "video"];

    /// <summary>The media of MM-RLHF lie in folders named after its categories.</summary>
    public static bool IsMmRlhf(JObject row) =>
        AreTexts(row, "prompt", "chosen", "rejected")
        && (row["image"] ?? row["video"]) is JValue { Value: string path }
        && MmRlhfFolders.Contains(path.Split('/')[0]);

    /// <summary>VL-RewardBench has an id and a picture in every row.</summary>
    public static bool IsVlRewardbench(JObject row) =>
        AreTexts(row, "id", "prompt", "chosen", "rejected") && row.ContainsKey("image");

    public static PreferencePair Read(DataRow row, PairFormat format)
    {
        var source = format == PairFormat.MmRlhf ? "mm-rlhf" : "vl-rewardbench";
        var id = row.OptionalText("id");
        var prompt = row.Text("prompt");
        var chosen = row.Text("chosen");
        var rejected = row.Text("rejected");
        var media = row.Media();
        var hash = ContentHash.Compute([id ?? "", prompt, chosen, rejected, .. media.Select(item => item.Path)]);
        return new PreferencePair
        {
            Id = new PairId($"{source}-{row.Index:D6}-{hash}"),
            Question = MediaMarkers.Remove(prompt, media),
            Response1 = chosen,
            Response2 = rejected,
            Media = media,
            Label = PreferenceLabel.First,
            Source = source,
            Group = format == PairFormat.MmRlhf
                ? id ?? throw new RowException("field \"id\" is missing; ACC+ counts rows by id")
                : "prompt-" + ContentHash.Compute(prompt),
            Category = format == PairFormat.MmRlhf
                ? SuiteCategory.MmRlhf(media is [{ } first, ..] ? first.Path : "")
                : null,
            OriginalId = id,
        };
    }

    private static bool AreTexts(JObject row, params ReadOnlySpan<string> fields)
    {
        foreach (var field in fields)
        {
            if (row[field] is not JValue { Value: string })
            {
                return false;
            }
        }

        return true;
    }
}
