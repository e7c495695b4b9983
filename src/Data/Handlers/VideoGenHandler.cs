using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// VideoGen-RewardBench: CSV with <c>Overall</c> A, B or same; rows without it are left out, other empty cells are
/// <c>nan</c>. The preferred video stands first before the order is drawn; ties stay as they are.
/// </summary>
internal sealed class VideoGenHandler : IDatasetHandler
{
    private const string Overall = "Overall";

    private static readonly string[] _told =
        ["prompt", "A_model", "B_model", "path_A", "path_B", "VQ", "MQ", "TA", Overall];

    /// <inheritdoc/>
    public string Source => "videogen-rewardbench";

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return HandledRow.ReadAll(path, row => Compare(row, folder));
    }

    private IEnumerable<Comparison> Compare(HandledRow row, string folder)
    {
        string Cell(string name) => row.Text(name) is { Length: > 0 } text ? text : "nan";
        ComparedMedium Video(char letter) =>
            ComparedMedium.OnDisk($"video_{letter}", MediaKind.Video, folder, row.Text($"path_{letter}"));
        if (row.Text(Overall) is not { Length: > 0 } overall)
        {
            yield break;
        }

        var isTie = overall switch
        {
            "A" or "B" => false,
            "same" => true,
            _ => throw row.Wrong(Overall, "give A, B or same"),
        };
        yield return new Comparison
        {
            Source = Source,
            Task = "text-to-video",
            Prompt = Cell("prompt"),
            First = Video(overall == "B" ? 'B' : 'A'),
            Second = Video(overall == "B" ? 'A' : 'B'),
            Labels = Labels.For(isTie ? PreferenceLabel.Tie : PreferenceLabel.First),
            IsExchangeable = !isTie,
            Meta = new JObject(_told.Select(name => new JProperty(name, Cell(name))))
            {
                ["task_type"] = "text-to-video",
            },
        };
    }
}
