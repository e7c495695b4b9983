using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Handlers;

/// <summary>
/// ImageGen-CoT-Reward-5K: a JSON list with two pictures and a conversation, whose first turn is the instruction and
/// whose last is the judgment with its reasoning.
/// </summary>
internal sealed class ImageGenCotHandler : IDatasetHandler
{
    /// <inheritdoc/>
    public string Source => "imagegen-cot-reward-5k";

    /// <inheritdoc/>
    public IEnumerable<ComparisonRow> Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return HandledRow.ReadAll(path, row => [Compare(row, folder)]);
    }

    private Comparison Compare(HandledRow row, string folder)
    {
        if (row["images"] is not JArray { Count: 2 } images)
        {
            throw row.Wrong("images", "give a list of two paths");
        }

        if (row["conversations"] is not JArray { Count: >= 2 } turns)
        {
            throw row.Wrong("conversations", "give a list of turns with value");
        }

        string Picture(int index) => RowFields.Text(images[index], $"images[{index}]");
        string Turn(int index) => RowFields.Text((turns[index] as JObject)?["value"], $"conversations[{index}].value");
        var (instruction, reply) = (Turn(0), Turn(turns.Count - 1));
        return new Comparison
        {
            Source = Source,
            Task = "text-to-image",
            Prompt = instruction,
            First = ComparedMedium.OnDisk("image0", MediaKind.Image, folder, Picture(0)),
            Second = ComparedMedium.OnDisk("image1", MediaKind.Image, folder, Picture(1)),
            Labels = new Dictionary<string, PreferenceLabel>(),
            Reply = reply,
            Meta = new JObject
            {
                ["source"] = Source,
                ["task_type"] = "text-to-image",
                ["data_item"] = new JObject(row.Fields) { ["data_root"] = folder, ["source"] = Source },
                ["system_prompt"] = instruction,
            },
        };
    }
}
