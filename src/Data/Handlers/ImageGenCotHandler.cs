using Newtonsoft.Json.Linq;
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
    public IEnumerable<Comparison> Read(string path)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        foreach (var row in HandledRow.ReadAll(path))
        {
            if (row["images"] is not JArray { Count: 2 } images)
            {
                throw row.Wrong("images", "give a list of two paths");
            }

            if (row["conversations"] is not JArray { Count: >= 2 } turns)
            {
                throw row.Wrong("conversations", "give a list of turns with value");
            }

            var (instruction, reply) = ((string)turns[0]!["value"]!, (string)turns[^1]!["value"]!);
            yield return new Comparison
            {
                Source = Source,
                Task = "text-to-image",
                Prompt = instruction,
                First = ComparedMedium.OnDisk("image0", MediaKind.Image, folder, (string)images[0]!),
                Second = ComparedMedium.OnDisk("image1", MediaKind.Image, folder, (string)images[1]!),
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
}
