using R1Reward.Data.Formats;
using R1Reward.Data.Media;

namespace R1Reward.Data.Tests.Formats;

public sealed class ResponseRowTests
{
    [Fact]
    public void Both_spellings_are_read_and_paths_start_at_the_folder()
    {
        var rows = ResponseRow.ReadAll(
            [
                """{"prompt": "q", "responses": ["a", "b"], "image": "x.png"}""",
                "",
                """{"question": "p", "response": "c"}""",
            ],
            "rows.jsonl",
            "/data").ToList();
        Assert.Equal(["a", "b"], rows[0].Responses);
        Assert.Equal([new MediaItem(MediaKind.Image, "/data/x.png")], rows[0].Media);
        Assert.Equal(("p", "c"), (rows[1].Prompt, rows[1].Responses.Single()));
    }

    [Theory]
    [InlineData("""{"prompt": "q"}""", "\"response\" is missing")]
    [InlineData("""{"prompt": "q", "responses": []}""", "is empty")]
    [InlineData("""{"prompt": "q", "responses": [1]}""", "responses[0]")]
    [InlineData("""{"prompt": "q", "responses": ["a"], "system": "s"}""", "\"system\" is not read")]
    [InlineData("""["q"]""", "no JSON object")]
    [InlineData("{", "rows.jsonl:1")]
    public void A_wrong_line_is_named_with_its_place(string line, string expected)
    {
        var wrong = Assert.Throws<UserErrorException>(() => ResponseRow.ReadAll([line], "rows.jsonl", "").ToList());
        Assert.StartsWith("rows.jsonl:1: ", wrong.Message);
        Assert.Contains(expected, wrong.Message);
    }

    [Theory]
    [InlineData("""[{"role":"user","content":[{"type":"text","text":"Hi"}]}]""", "Hi")]
    [InlineData("[1] is a footnote", "[1] is a footnote")]
    [InlineData("[1]", "[1]")]
    [InlineData("Hi", "Hi")]
    public void The_question_of_a_chat_is_its_text_and_other_text_is_its_own(string prompt, string expected) =>
        Assert.Equal(expected, ChatText.QuestionOf(prompt));
}
