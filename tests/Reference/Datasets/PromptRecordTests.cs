using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Reference.Tests.Datasets;

/// <summary>Rows of prompts with right answers, as LightRFT's trainer reads them.</summary>
public sealed class PromptRecordTests
{
    [ReferenceTheory("rl-and-rewards", "lightrft_prompt_rows")]
    public void Prompt_pictures_reference_and_label_are_those_of_the_published_trainer(string @case)
    {
        var json = JObject.Parse(File.ReadAllText(Fixtures.Path("rl-and-rewards", @case + ".json")));
        foreach (var row in json["rows"]!)
        {
            var record = (JObject)row["record"]!;
            if ((bool?)row["error"] == true)
            {
                Assert.Throws<RowException>(() => PromptRecord.Read(record, Options(new JObject())));
                continue;
            }

            var read = PromptRecord.Read(record, Options((JObject)row["options"]!));
            Assert.Equal(row["messages"]!.ToString(), new JArray(read.Messages.Select(Turn)).ToString());
            Assert.Equal(Pictures(row["images"]!), read.Media.Select(item => item.Path));
            Assert.True(
                JToken.DeepEquals(row["reference"], read.Reference ?? JValue.CreateNull()),
                $"{record}: {read.Reference}");
            Assert.Equal((string?)row["label"], read.Label);
            if ((string?)row["prompt_without_chat_template"] is { } plain)
            {
                Assert.Equal(plain, read.Prompt);
            }
        }
    }

    private static PromptRecordOptions Options(JObject options) => new()
    {
        PromptField = "problem",
        SystemPrompt = (string?)options["system_prompt"],
        InputTemplate = (string?)options["input_template"] ?? "{}",
    };

    private static IEnumerable<string> Pictures(JToken images) => images.Select(image => (string)image!);

    // A system's turn is one text; the published loader makes one place for all pictures, without a path.
    private static JObject Turn(ChatMessage message) => new()
    {
        ["role"] = message.Role,
        ["content"] = message.Role == "system" ? message.Text : new JArray(
            message.Media.Take(1)
                .Select(_ => new JObject { ["type"] = "image", ["image"] = "" })
                .Append(new JObject { ["type"] = "text", ["text"] = message.Text })),
    };
}
