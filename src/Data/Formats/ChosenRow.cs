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
    public static PairFormat Recognise(JObject row) =>
        Media(row) is [{ } item, ..] && MmRlhfFolders.Contains(item.Path.Split('/')[0])
            ? PairFormat.MmRlhf
            : PairFormat.VlRewardbench;

    public static PreferencePair Read(JObject row, int index, PairFormat format)
    {
        var source = format == PairFormat.MmRlhf ? "mm-rlhf" : "vl-rewardbench";
        var id = row.OptionalText("id");
        var prompt = row.Text("prompt");
        var chosen = row.Text("chosen");
        var rejected = row.Text("rejected");
        var media = Media(row);
        var hash = ContentHash.Compute([id ?? "", prompt, chosen, rejected, .. media.Select(item => item.Path)]);
        return new PreferencePair
        {
            Id = new PairId($"{source}-{index:D6}-{hash}"),
            Question = prompt,
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

    private static IReadOnlyList<MediaItem> Media(JObject row) =>
        row.OptionalText("image") is { } image ? [new MediaItem(MediaKind.Image, image)]
        : row.OptionalText("video") is { } video ? [new MediaItem(MediaKind.Video, video)]
        : [];
}
