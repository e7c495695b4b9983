using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class PreferenceRowTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"prompt":"q","chosen":"a","rejected":"b"}""")]
    [InlineData("""{"question":"q","chosen":"a","rejected":"b","id":3}""")]
    [InlineData(
        """
        {"prompt":[{"role":"user","content":"q"}],
        "chosen":[{"role":"assistant","content":"a"}],
        "rejected":[{"role":"assistant","content":"b"}]}
        """)]
    [InlineData(
        """
        {"chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],
        "rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}]}
        """)]
    [InlineData(
        """
        {"prompt":"q",
        "chosen":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],
        "rejected":[{"role":"user","content":"q"},{"role":"assistant","content":"b"}],
        "messages":[{"role":"user","content":"q"}]}
        """)]
    [InlineData(
        """
        {"prompt":[{"role":"user","content":[{"type":"text","text":"q","image":null}]}],
        "chosen":[{"role":"assistant","content":[{"type":"text","text":"a"}]}],
        "rejected":[{"role":"assistant","content":[{"type":"text","text":"b"}]}]}
        """)]
    [InlineData(
        """
        {"conversations":[{"from":"human","value":"q"}],
        "chosen":{"from":"gpt","value":"a"},
        "rejected":{"from":"gpt","value":"b"},
        "system":"","tools":"[]"}
        """)]
    [InlineData("""{"instruction":"q","input":"","chosen":"a","rejected":"b"}""")]
    [InlineData("""{"instruction":"q","input":"","output":["a","b"]}""")]
    [InlineData(
        """
        {"messages":[{"role":"user","content":"q"},{"role":"assistant","content":"a"}],
        "rejected_response":"b"}
        """)]
    [InlineData("""{"messages":[{"role":"user","content":"q"}],"chosen":"a","rejected":"b"}""")]
    public void Every_trainers_form_of_a_pair_is_read_alike(string row)
    {
        var file = Read(row);
        var pair = Assert.Single(file.Pairs);
        Assert.Equal(PairFormat.Preference, file.Format);
        Assert.Equal(
            ("q", "a", "b", PreferenceLabel.First), (pair.Question, pair.Response1, pair.Response2, pair.Label!.Value));
        Assert.Empty(file.Ignored);
    }

    [Theory]
    [InlineData("""{"system":"Be brief.","prompt":"q","chosen":"a","rejected":"b"}""", "System: Be brief.\n\nUser: q")]
    [InlineData("""{"instruction":"Add.","input":"1 1","chosen":"2","rejected":"3"}""", "Add.\n1 1")]
    [InlineData(
        """{"instruction":"q","history":[["hi","ho"]],"chosen":"a","rejected":"b"}""",
        "User: hi\n\nAssistant: ho\n\nUser: q")]
    [InlineData(
        """
        {"chosen":"\n\nHuman: hi\n\nAssistant: ho\n\nHuman: q\n\nAssistant: a",
        "rejected":"\n\nHuman: hi\n\nAssistant: ho\n\nHuman: q\n\nAssistant: b"}
        """,
        "Human: hi\n\nAssistant: ho\n\nHuman: q")]
    public void System_texts_inputs_and_earlier_turns_are_shown(string row, string question) =>
        Assert.Equal(question, Read(row).Pairs.Single().Question);

    [Theory]
    [InlineData(""","tools":[{"name":"search"}]""", "\"tools\" is not read")]
    [InlineData(""","context":"Given this."}""", "\"context\" is not read")]
    [InlineData(""","image":"a.png","images":["b.png"]""", "\"image\" and \"images\" differ")]
    [InlineData(""","images":7""", "give a path as a string")]
    [InlineData(""","videos":[["1.png","2.png"]]""", "one folder")]
    public void What_would_change_the_question_is_shown_or_refused_by_name(string fields, string expected)
    {
        var row = """{"prompt":"q","chosen":"a","rejected":"b" """ + fields.TrimEnd('}') + "}";
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => Read(row)).Message);
    }

    [Theory]
    [InlineData("""{"chosen":"a","rejected":"b"}""", "no prompt")]
    [InlineData(
        """{"prompt":"q","chosen":[{"role":"tool","content":"x"}],"rejected":"b"}""", "the role \"tool\"")]
    [InlineData(
        """{"prompt":"q","chosen":[{"role":"assistant","content":"a"},{"role":"user","content":"x"}],"rejected":"b"}""",
        "2 turns")]
    [InlineData("""{"prompt":"q","chosen":"a","rejected":[]}""", "\"rejected\" is missing")]
    [InlineData(
        """{"prompt":[{"role":"system","content":"x"}],"system":"y","chosen":"a","rejected":"b"}""",
        "differ; keep one")]
    public void A_row_that_makes_no_pair_says_why(string row, string expected) =>
        Assert.Contains(expected, Assert.Throws<UserErrorException>(() => Read(row)).Message);

    [Fact]
    public void Fields_without_effect_are_counted_by_name()
    {
        var file = Read(
            """
            {"prompt":"q","chosen":"a","rejected":"b","margin":0.5,"score_chosen":8},
            {"prompt":"q","chosen":"a","rejected":"b","margin":1,"score_chosen":null}
            """);
        Assert.Equal("fields that are not used: margin (2 rows), score_chosen (1 rows)", file.IgnoredNote);
    }

    [Theory]
    [InlineData("<image>What is it?", """["x.png"]""", "What is it?")]
    [InlineData("<image>\n<image>\nWhich?", """["x.png","y.png"]""", "Which?")]
    [InlineData("What is it? <image>", """["x.png"]""", "What is it?")]
    [InlineData("Is <image> like <image>?", """["x.png","y.png"]""", "Is (image 1) like (image 2)?")]
    [InlineData("What does <image> do in SVG?", "[]", "What does <image> do in SVG?")]
    public void Markers_leave_the_text_without_losing_the_order(string prompt, string images, string question)
    {
        var row = Newtonsoft.Json.JsonConvert.ToString(prompt);
        var pair = Read($$"""{"prompt":{{row}},"images":{{images}},"chosen":"a","rejected":"b"}""").Pairs.Single();
        Assert.Equal(question, pair.Question);
        Assert.All(pair.Media, item => Assert.Equal(MediaKind.Image, item.Kind));
    }

    [Theory]
    [InlineData("""{"prompt":"<image> <image>?","images":["x.png"],"chosen":"a","rejected":"b"}""")]
    [InlineData(
        """
        {"prompt":[{"role":"user","content":[{"type":"image"},{"type":"image"},{"type":"text","text":"?"}]}],
        "images":["x.png"],
        "chosen":"a",
        "rejected":"b"}
        """)]
    public void More_markers_than_media_are_refused(string row) => Assert.Contains(
        "<image> 2 times", Assert.Throws<UserErrorException>(() => Read(row)).Message);

    [Fact]
    public void Pictures_in_the_parts_of_a_turn_are_shown()
    {
        var pair = Read(
            """
            {"prompt":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x.png"}},
            {"type":"text","text":"q"}]}],
            "chosen":"a",
            "rejected":"b"}
            """).Pairs.Single();
        Assert.Equal(("q", "x.png"), (pair.Question, pair.Media.Single().Path));
    }

    private PairFile Read(string rows) => PairReader.Read(_folder.Write("rows.json", $"[{rows}]"));
}
