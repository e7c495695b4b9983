using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// VideoDPO: a JSON list of two video numbers, of which the first wins. Even numbers lie in <c>winvideos</c>, odd ones
/// in <c>losevideos</c>, as file half the number with six digits.
/// </summary>
internal sealed class VideoDpoHandler : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => "videodpo";

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return HandledRow.ReadAll(path, row => [Compare(row, folder)]);
    }

    private Comparison Compare(HandledRow row, string folder)
    {
        var (first, second) = (Video(row, "video1", folder), Video(row, "video2", folder));
        JObject Meta(ComparedMedium one, ComparedMedium other) => new()
        {
            ["prompt"] = row["frame_caption"],
            ["source"] = "VideoDPO",
            ["task_type"] = "text-to-video",
            ["video1_path"] = one.Item.Path,
            ["video2_path"] = other.Item.Path,
        };
        return new Comparison
        {
            Source = Source,
            Task = "text-to-video",
            Prompt = row.Text("frame_caption"),
            First = first,
            Second = second,
            Labels = Labels.For(PreferenceLabel.First),
            IsExchangeable = true,
            Meta = Meta(first, second),
            ExchangedMeta = Meta(second, first),
        };
    }

    private static ComparedMedium Video(HandledRow row, string field, string folder)
    {
        if (row.Number(field) is not { } number || number < 0 || number != Math.Floor(number))
        {
            throw row.Wrong(field, "give the number of a video");
        }

        var side = number % 2 == 0 ? "winvideos" : "losevideos";
        var file = string.Create(CultureInfo.InvariantCulture, $"{side}/{(long)number / 2:d6}.mp4");
        return ComparedMedium.OnDisk(field, MediaKind.Video, folder, file);
    }
}
