using Newtonsoft.Json.Linq;
using R1Reward.Data.Formats;
using R1Reward.Data.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class PromptRecordTests
{
    [Theory]
    [InlineData("""{"prompt":"q","answer":["4"]}""", "4")]
    [InlineData("""{"prompt":"q","answer":"['4', '5']"}""", "4|5")]
    [InlineData("""{"prompt":"q","answer":null,"reward_model":{"ground_truth":4}}""", "4")]
    [InlineData("""{"prompt":"q","ground_truth":{"value":" 4 "}}""", "4")]
    [InlineData("""{"prompt":"q","extra_info":{"constraints":"(0.5,)"}}""", "0.5")]
    [InlineData("""{"prompt":"q"}""", "")]
    public void The_right_answer_is_looked_for_in_its_places(string row, string answers) =>
        Assert.Equal(answers, string.Join('|', Read(row).Answers));

    [Fact]
    public void Every_picture_has_a_place_before_the_text()
    {
        const string turns = """[{"role":"user","content":"<image><image>Which?"}]""";
        var record = Read($$"""{"prompt":{{turns}},"images":["a.png","b.png"],"label":"vqa"}""");

        var media = record.Messages[0].Content.Take(2).Cast<MediaPart>();
        Assert.Equal(["a.png", "b.png"], media.Select(one => one.Item.Path));
        Assert.Equal(("Which?", "vqa"), (record.Messages[0].Text, record.Label));
    }

    [Fact]
    public void A_file_of_such_rows_gives_prompts_with_accepted_answers()
    {
        using var folder = new TempFolder();
        var path = folder.Write("rows.csv", "prompt,answer\n2 + 2?,\"['4', 'four']\"\n3 + 3?,6\n");
        Assert.Equal(
            [("2 + 2?", "4 four"), ("3 + 3?", "6")],
            AnswerRows.Read(path, "prompt").Select(row => (row.Prompt, string.Join(' ', row.Answers))));

        File.AppendAllText(path, "4 + 4?,\n");
        Assert.Contains(
            $"{path}:4: field \"answer\" is missing or empty",
            Assert.Throws<UserErrorException>(() => AnswerRows.Read(path, "prompt")).Message);
    }

    private static PromptRecord Read(string row) => PromptRecord.Read(JObject.Parse(row), new PromptRecordOptions());
}
