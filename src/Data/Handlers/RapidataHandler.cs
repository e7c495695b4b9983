using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// Rapidata's comparisons of videos by preference, coherence and alignment; the larger share wins each, and their sums
/// decide the pair (a missing one counts 0). Videos lie in <c>videos</c> or <c>Videos</c>, two folders above the file.
/// Difference: each aspect's label stands under the name of its head (decision D14), where the published loader's heads
/// <c>coherence</c> and <c>alignment</c> never find theirs.
/// </summary>
/// <param name="source">Its name in addresses.</param>
/// <param name="fromImage">Whether the videos were made from a picture, which stands in the row.</param>
internal sealed class RapidataHandler(string source, bool fromImage) : IDatasetHandler
{
    private static readonly string[] _aspects = ["Preference", "Coherence", "Alignment"];

    /// <inheritdoc/>
    public string Source => source;

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetFullPath(path), "..", ".."));
        var folder = new[] { "videos", "Videos" }.FirstOrDefault(name => Directory.Exists(Path.Combine(root, name)))
            ?? "videos";
        return HandledRow.ReadAll(path, row => [Compare(row, Path.Combine(root, folder))]);
    }

    private Comparison Compare(HandledRow row, string folder)
    {
        var task = fromImage ? "image-to-video" : "text-to-video";
        ComparedMedium Video(int number) => ComparedMedium.OnDisk(
            $"video{number}", MediaKind.Video, folder, FileOf(row.Text($"file_name{number}")));
        double? Share(int number, string aspect) => row.Number($"weighted_results{number}_{aspect}");
        var aspects = _aspects.ToDictionary(
            aspect => aspect.ToLowerInvariant(), aspect => Labels.Larger(Share(1, aspect), Share(2, aspect)));
        var overall = Labels.Larger(
            _aspects.Sum(aspect => Share(1, aspect) ?? 0), _aspects.Sum(aspect => Share(2, aspect) ?? 0));
        return new Comparison
        {
            Source = source,
            Task = task,
            Prompt = row.Text("prompt"),
            First = Video(1),
            Second = Video(2),
            Start = fromImage
                ? ComparedMedium.Inside("init_image", MediaKind.Image, row.Bytes("prompt_asset"))
                : null,
            Labels = new Dictionary<string, PreferenceLabel>(aspects)
            {
                [PreferencePair.PreferenceHead] = overall,
            },
            Meta = new JObject(aspects.Select(
                aspect => new JProperty(aspect.Key + "_label", Labels.Letter(aspect.Value))))
            {
                ["source"] = source,
                ["task_type"] = task,
            },
        };
    }

    // Addresses end in MODEL/FILE; of bare names, some models' videos have folders of their own.
    private string FileOf(string name)
    {
        if (!fromImage)
        {
            return name;
        }

        if (name.StartsWith("https", StringComparison.Ordinal))
        {
            return string.Join('/', name.Split('/')[^2..]);
        }

        return name.Contains("hailuo", StringComparison.Ordinal) ? $"hailuo-02/{name}" : $"hailuo-02/marey/{name}";
    }
}
