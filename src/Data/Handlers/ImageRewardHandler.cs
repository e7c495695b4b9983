using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
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
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (!Directory.Exists(folder))
        {
            throw new UserErrorException($"{path}: no such folder; give the folder of ImageRewardDB's JSON files");
        }

        var root = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        var pictures = new List<Ranked>();
        var files = Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories);
        foreach (var row in files.Order(StringComparer.Ordinal).SelectMany(RowFiles.Read))
        {
            if (TryRead(row, root, pictures) is { } problem)
            {
                yield return new ComparisonRow(row.Place, [], problem);
            }
        }

        foreach (var group in pictures.GroupBy(picture => picture.PromptId).Select(group => group.ToList()))
        {
            foreach (var (i, j) in Pairs(group.Count))
            {
                var (better, worse) = group[i].Rank < group[j].Rank ? (group[i], group[j]) : (group[j], group[i]);
                if (better.Rank < worse.Rank)
                {
                    yield return new ComparisonRow(better.Row.Place, [Compare(better, worse)], null);
                }
            }
        }
    }

    private static string? TryRead(FileRow read, string root, List<Ranked> pictures)
    {
        try
        {
            var row = new HandledRow(read.Place, read.Fields ?? throw new RowException(read.Problem!));
            var medium = ComparedMedium.OnDisk("", MediaKind.Image, root, row.Text("image_path"));
            if (row.Number("rank") is { } rank && new FileInfo(medium.Item.Path) is { Exists: true, Length: > 0 })
            {
                pictures.Add(new Ranked(row, row.Text("prompt_id"), row.Text("prompt"), medium, rank));
            }

            return null;
        }
        catch (RowException wrong)
        {
            return wrong.Message;
        }
    }

    private static IEnumerable<(int First, int Second)> Pairs(int count) =>
        Enumerable.Range(0, count).SelectMany(i => Enumerable.Range(i + 1, count - i - 1).Select(j => (i, j)));

    private Comparison Compare(Ranked better, Ranked worse) => new()
    {
        Source = Source,
        Task = "text-to-image",
        Prompt = better.Prompt,
        First = better.Medium with { Name = "preferred_image" },
        Second = worse.Medium with { Name = "rejected_image" },
        Labels = Labels.For(PreferenceLabel.First),
        IsExchangeable = true,
        Meta = new JObject
        {
            ["task_type"] = "text-to-image",
            ["source"] = Source,
            ["prompt_id"] = better.PromptId,
            ["prompt"] = better.Prompt,
            ["chosen_img"] = better.Row["image_path"],
            ["rejected_img"] = worse.Row["image_path"],
            ["rank_chosen"] = better.Row["rank"],
            ["rank_rejected"] = worse.Row["rank"],
            ["overall_rating_chosen"] = better.Row["overall_rating"],
            ["overall_rating_rejected"] = worse.Row["overall_rating"],
            ["classification"] = better.Row["classification"],
        },
    };

    private sealed record Ranked(
        HandledRow Row, string PromptId, string Prompt, ComparedMedium Medium, double Rank);
}
