using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// ImageRewardDB: a folder of JSON lists of ranked pictures. Every two pictures of one <c>prompt_id</c> with different
/// ranks are a pair, the smaller rank wins; pictures that are missing or empty are left out. The pictures lie two
/// folders above. Difference: a slash at the end of the path does not count as a folder.
/// </summary>
internal sealed class ImageRewardHandler : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => "imagerewarddb";

    /// <inheritdoc/>
    public IEnumerable<Comparison> Read(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new UserErrorException($"{path}: no such folder; give the folder of ImageRewardDB's JSON files");
        }

        var root = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        var rows = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(HandledRow.ReadAll)
            .Select(row => (Row: row, Rank: row.Number("rank"), Medium: Picture(row, root)))
            .Where(one => new FileInfo(one.Medium.Item.Path) is { Exists: true, Length: > 0 })
            .ToList();
        foreach (var group in rows.GroupBy(one => one.Row.Text("prompt_id")))
        {
            var pictures = group.ToList();
            foreach (var (i, j) in Pairs(pictures.Count))
            {
                var (one, other) = (pictures[i], pictures[j]);
                if (one.Rank is { } a && other.Rank is { } b && a != b)
                {
                    yield return a < b
                        ? Compare(one.Row, one.Medium, other.Row, other.Medium)
                        : Compare(other.Row, other.Medium, one.Row, one.Medium);
                }
            }
        }
    }

    private static ComparedMedium Picture(HandledRow row, string root) =>
        ComparedMedium.OnDisk("", MediaKind.Image, root, row.Text("image_path"));

    private static IEnumerable<(int First, int Second)> Pairs(int count) =>
        Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(i + 1, count - i - 1).Select(j => (i, j)));

    private Comparison Compare(HandledRow chosen, ComparedMedium better, HandledRow rejected, ComparedMedium worse) =>
        new()
        {
            Source = Source,
            Task = "text-to-image",
            Prompt = chosen.Text("prompt"),
            First = better with { Name = "preferred_image" },
            Second = worse with { Name = "rejected_image" },
            Labels = Labels.For(PreferenceLabel.First),
            IsExchangeable = true,
            Meta = new JObject
            {
                ["task_type"] = "text-to-image",
                ["source"] = Source,
                ["prompt_id"] = chosen["prompt_id"],
                ["prompt"] = chosen["prompt"],
                ["chosen_img"] = chosen["image_path"],
                ["rejected_img"] = rejected["image_path"],
                ["rank_chosen"] = chosen["rank"],
                ["rank_rejected"] = rejected["rank"],
                ["overall_rating_chosen"] = chosen["overall_rating"],
                ["overall_rating_rejected"] = rejected["overall_rating"],
                ["classification"] = chosen["classification"],
            },
        };
}
