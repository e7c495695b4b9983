using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// HPDv3: a JSON list or JSON lines of <c>prompt</c>, <c>path1</c> (preferred) and <c>path2</c>, relative to the file's
/// folder. Rows whose pictures are not there are passed over, as published.
/// </summary>
internal sealed class Hpdv3Handler : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => "hpdv3";

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return HandledRow.ReadAll(path, row => Compare(row, folder));
    }

    private IEnumerable<Comparison> Compare(HandledRow row, string folder)
    {
        var (preferred, rejected) = (row.Text("path1"), row.Text("path2"));
        var first = ComparedMedium.OnDisk("preferred_image", MediaKind.Image, folder, preferred);
        var second = ComparedMedium.OnDisk("rejected_image", MediaKind.Image, folder, rejected);
        if (!File.Exists(first.Item.Path) || !File.Exists(second.Item.Path))
        {
            yield break;
        }

        yield return new Comparison
        {
            Source = Source,
            Task = "text-to-image",
            Prompt = row.Text("prompt"),
            First = first,
            Second = second,
            Labels = Labels.For(PreferenceLabel.First),
            IsExchangeable = true,
            Meta = new JObject
            {
                ["source"] = Source,
                ["task_type"] = "text-to-image",
                ["prompt"] = row.Text("prompt"),
                ["confidence"] = row["confidence"],
                ["choice_dist"] = row["choice_dist"],
                ["model_chosen"] = row["model1"],
                ["model_rejected"] = row["model2"],
                ["preferred_path"] = preferred,
                ["rejected_path"] = rejected,
            },
        };
    }
}
