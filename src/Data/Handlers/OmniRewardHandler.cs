using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// OmniRewardBench: Parquet with a criterion for each pair. Media lie in <c>media_data</c>, two folders above the
/// file's own; <c>criteria_preference</c> is <c>response1</c>, <c>response2</c> or anything else for a tie.
/// </summary>
/// <param name="source">Its name in addresses.</param>
/// <param name="kind">What the candidates are.</param>
/// <param name="fields">The fields with the paths of both candidates.</param>
internal sealed class OmniRewardHandler(string source, MediaKind kind, (string First, string Second) fields)
    : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => source;

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var root = Path.GetFullPath(Path.Combine(Path.GetFullPath(path), "..", "..", "media_data"));
        return HandledRow.ReadAll(path, row => [Compare(row, root)]);
    }

    private Comparison Compare(HandledRow row, string root)
    {
        var name = kind.ToString().ToLowerInvariant();
        var task = $"text-to-{name}";
        var (first, second) = (row.Text(fields.First), row.Text(fields.Second));
        return new Comparison
        {
            Source = source,
            Task = task,
            Prompt = row.Text("prompt"),
            First = ComparedMedium.OnDisk(name + "1", kind, root, first),
            Second = ComparedMedium.OnDisk(name + "2", kind, root, second),
            Criteria = row.Text("criteria"),
            Labels = Labels.For((string?)row["criteria_preference"] switch
            {
                "response1" => PreferenceLabel.First,
                "response2" => PreferenceLabel.Second,
                _ => PreferenceLabel.Tie,
            }),
            Meta = new JObject
            {
                ["task_type"] = task,
                ["criteria"] = row["criteria"],
                ["criteria_preference"] = row["criteria_preference"],
                ["id"] = row["id"],
                ["prompt"] = row["prompt"],
                ["source"] = source,
                [name + "1_path"] = first,
                [name + "2_path"] = second,
                ["model1"] = row["model1"],
                ["model2"] = row["model2"],
            },
        };
    }
}
