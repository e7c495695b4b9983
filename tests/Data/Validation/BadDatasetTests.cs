using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Serialization;
using Parquet;
using Parquet.Serialization;
using R1Reward.Data.Media.Png;
using R1Reward.Data.Validation;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Validation;

/// <summary>Each kind of bad dataset has one report that says where and what is wrong.</summary>
public sealed class BadDatasetTests : IDisposable
{
    private const string Good = """{"id":"good","question":"q","response1":"a","response2":"b","label":"first"}""";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"question":"q","response1":"a",""", "not valid JSON")]
    [InlineData("""["q","a","b"]""", "the row is a list; give a JSON object")]
    [InlineData("""{"question":"q","response1":"a"}""", "field \"response2\" is missing; give it as a string")]
    [InlineData("""{"question":"q","response1":"a","response2":7}""", "field \"response2\" is 7; give it as a string")]
    [InlineData(
        """{"question":"q","response1":"a","response2":"b","label":"A"}""",
        "field \"label\" is \"A\"; give one of first, second, tie")]
    [InlineData(
        """{"question":"q","response1":"a","response2":"b","difficulty":"hard"}""",
        "field \"difficulty\" is a string; give it as a whole number")]
    [InlineData(
        """{"question":"q","response1":"a","response2":"b","tools":[{"name":"search"}]}""",
        "field \"tools\" is not read in rows of the format pairs, and the responses reply to it")]
    [InlineData(
        """{"question":"q","response1":"a","response2":"b","image":{"height":7}}""", "field \"image\" is an object")]
    [InlineData(
        """{"id":"good","question":"p","response1":"a","response2":"b"}""", "the id good has been given before")]
    [InlineData(
        """{"question":"q","response1":"c","response2":"d","image":"nowhere.png"}""", "nowhere.png: Missing: does not")]
    [InlineData("""{"question":"q","response1":"c","response2":"d","image":"empty.png"}""", "empty.png: Corrupt: ")]
    [InlineData("""{"question":"q","response1":"c","response2":"d","image":"cut.png"}""", "cut.png: Corrupt: ")]
    [InlineData("""{"question":"q","response1":"c","response2":"d","image":"wide.png"}""", "wide.png: TooLarge: ")]
    [InlineData(
        """{"question":"q","response1":"c","response2":"d","image":"data:image/png;base64,!"}""", "is no base64")]
    [InlineData("""{"question":"q","response1":"c","response2":"d","image":"s3://b/a.png"}""", "on another machine")]
    public void A_row_that_is_wrong_is_told_with_file_and_line(string row, string problem)
    {
        File.WriteAllBytes(_folder.At("empty.png"), []);
        var png = PngWriter.Encode(new byte[3 * 64], 8, 8);
        File.WriteAllBytes(_folder.At("cut.png"), png[..40]);
        File.WriteAllBytes(_folder.At("wide.png"), Widened(png, 100_000));
        var path = _folder.Write("rows.jsonl", $"{Good}\n{row}\n");

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Equal($"{path}:2", found.Place);
        Assert.Contains(problem, found.Message);
    }

    [Fact]
    public void Rows_of_a_form_that_nobody_knows_are_told_with_what_they_have_and_what_is_known()
    {
        var path = _folder.Write("rows.jsonl", """{"vraag":"q","antwoord":"a"}""");

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Equal($"{path}:1", found.Place);
        Assert.Contains("Found: \"vraag\", \"antwoord\". Known: pairs: question, response1, response2", found.Message);
    }

    [Fact]
    public void Fewer_markers_than_pictures_are_told_with_both_numbers()
    {
        File.WriteAllBytes(_folder.At("a.png"), PngWriter.Encode(new byte[3], 1, 1));
        var path = _folder.Write(
            "rows.jsonl",
            """{"prompt":"<image>a","chosen":"x","rejected":"y","images":["a.png","a.png"]}""");

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Contains("the text has <image> 1 times and the row 2 such media; give one for each", found.Message);
    }

    [Fact]
    public void A_held_out_pair_that_is_trained_on_is_told_in_whatever_order_it_stands()
    {
        var train = _folder.Write("train.jsonl", Good);
        var heldOut = _folder.Write(
            "held.jsonl", """{"question":"q","response1":"b","response2":"a","label":"second"}""");

        var found = Assert.Single(new DatasetValidator().Run(train, heldOut).Problems);

        Assert.Equal(("split-leak", $"{heldOut}:1"), (found.Kind, found.Place));
    }

    [Theory]
    [InlineData("question,response1\n", "", "write a line with the names of the columns")]
    [InlineData("question,response1,response2\n\"a, b,x,y\nq,r,s\n", ":2", "a quote is opened and not closed")]
    [InlineData("question,response1,response2\na,\"b \"\"c\"\"\"\n", ":2", "2 cells under 3 names")]
    public void A_CSV_file_without_rows_or_with_an_open_quote_is_told(string content, string place, string problem)
    {
        var path = _folder.Write("rows.csv", content);
        var found = Assert.Single(new DatasetValidator().Run(path).Problems);
        Assert.Equal(path + place, found.Place);
        Assert.Contains(problem, found.Message);
    }

    [Fact]
    public void A_bad_picture_within_a_row_is_told_without_its_bytes()
    {
        var picture = Convert.ToBase64String(new byte[300]);
        var path = _folder.Write(
            "rows.jsonl",
            $$$"""{"prompt":"p","chosen":"x","rejected":"y","images":[{"bytes":"{{{picture}}}"}]}""");
        var found = Assert.Single(new DatasetValidator().Run(path).Problems);
        Assert.StartsWith("image in the row: ", found.Message);
        Assert.DoesNotContain("AAAA", found.Message);
    }

    [Theory]
    [InlineData("""{"question":"q","response1":"b","response2":"a","label":"third"}""", "label")]
    [InlineData("""{"prompt":"q","chosen":[{"role":"judge","content":"x"}],"rejected":"y"}""", "chosen")]
    [InlineData("""{"question":""", null)]
    public void The_field_that_is_wrong_is_named_apart(string row, string? field)
    {
        var path = _folder.Write("rows.jsonl", row);
        Assert.Equal(field, Assert.Single(new DatasetValidator().Run(path).Problems).Field);
    }

    [Theory]
    [InlineData("[" + Good, "{0}:1", "not valid JSON (the list is not closed)")]
    [InlineData("\n\n", "{0}", "holds no rows")]
    public void A_file_that_is_cut_off_or_empty_is_told(string content, string place, string problem)
    {
        var path = _folder.Write("rows.json", content);

        var found = new DatasetValidator().Run(path).Problems[^1];

        Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, place, path), found.Place);
        Assert.Contains(problem, found.Message);
    }

    [Fact]
    public void A_row_of_CSV_with_too_few_cells_is_told_with_its_line()
    {
        var path = _folder.Write("rows.csv", "question,response1,response2\nq,\"a\nb\",c\nq,a\n");

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Equal(($"{path}:4", true), (found.Place, found.Message.Contains("2 cells under 3 names")));
    }

    [Fact]
    public void Two_columns_of_CSV_with_one_name_are_told()
    {
        var path = _folder.Write("rows.csv", "question,question,response1,response2\nq,p,a,b\n");

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Equal(
            ($"{path}:1", "two columns are named \"question\"; rename or delete one"), (found.Place, found.Message));
    }

    [Fact]
    public void Bytes_of_another_encoding_are_told_with_their_line()
    {
        var path = _folder.At("rows.jsonl");
        File.WriteAllBytes(path, [.. Encoding.UTF8.GetBytes(Good + "\n"), .. Encoding.Latin1.GetBytes(
            """{"question":"Où?","response1":"a","response2":"b"}""")]);

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);

        Assert.Equal(($"{path}:2", true), (found.Place, found.Message.Contains("no UTF-8")));
    }

    [Fact]
    public async Task A_row_of_Parquet_is_told_with_its_row_group_and_a_damaged_file_with_its_group()
    {
        var path = _folder.At("rows.parquet");
        await using (var file = File.Create(path))
        {
            await ParquetSerializer.SerializeAsync(
                Enumerable.Range(0, 6).Select(i => new Pair { Question = $"q{i}", Response2 = i == 4 ? null : "b" }),
                file,
                new ParquetOptions { RowGroupSize = 2 });
        }

        var found = Assert.Single(new DatasetValidator().Run(path).Problems);
        Assert.Equal($"{path}, row group 3, row 1", found.Place);
        Assert.Contains("field \"response2\" is missing", found.Message);

        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[..(bytes.Length / 2)]);
        var cut = new DatasetValidator().Run(path).Problems[0];
        Assert.Equal(path, cut.Place);
        Assert.Contains("the Parquet file cannot be read", cut.Message);
    }

    [Fact]
    public void A_row_of_a_set_that_an_address_names_is_told_and_the_rows_after_it_are_read()
    {
        var path = _folder.Write(
            "pair.json",
            """
            [{"video1":0,"video2":1,"frame_caption":"p"},
             {"video1":"0","video2":1,"frame_caption":"p"},
             {"video1":2,"video2":3,"frame_caption":"p"}]
            """);

        var report = new DatasetValidator(decodeMedia: false).Run("videodpo:" + path);

        var found = Assert.Single(report.Problems, problem => problem.Kind == "row");
        Assert.Equal($"{path}:2", found.Place);
        Assert.Equal("field \"video1\" is \"0\"; give it as a number", found.Message);
        Assert.Equal((3, 2), (report.Sets[0].Rows, report.Sets[0].Pairs));
    }

    [Fact]
    public void What_is_no_dataset_at_all_is_refused_with_the_remedy()
    {
        string Refusal(string name) =>
            Assert.Throws<UserErrorException>(() => new DatasetValidator().Run(name)).Message;
        using (var zip = new GZipStream(File.Create(_folder.At("rows.jsonl.gz")), CompressionLevel.Fastest))
        {
            zip.Write(Encoding.UTF8.GetBytes(Good));
        }

        Assert.Contains("unpack it with gunzip", Refusal(_folder.At("rows.jsonl.gz")));
        Assert.Contains("no such file", Refusal(_folder.At("nowhere.jsonl")));
        Directory.CreateDirectory(_folder.At("empty"));
        Assert.Contains("a folder without Parquet files", Refusal(_folder.At("empty")));
        Assert.Contains("the source hpdv2 is not known; there are hpdv3, ", Refusal("hpdv2:train.json"));
        File.WriteAllText(_folder.At("wide.jsonl"), Good, Encoding.Unicode);
        Assert.Contains("text in UTF-16; save it as UTF-8", Refusal(_folder.At("wide.jsonl")));
    }

    // A picture that says that it is so wide: refused before a byte of it is decoded.
    private static byte[] Widened(byte[] png, int width)
    {
        const int header = 12, headerBytes = 17;
        var wide = png.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(header + 4), width);
        BinaryPrimitives.WriteInt32BigEndian(wide.AsSpan(header + 8), width);
        var sum = Crc32.HashToUInt32(wide.AsSpan(header, headerBytes));
        BinaryPrimitives.WriteUInt32BigEndian(wide.AsSpan(header + headerBytes), sum);
        return wide;
    }

    private sealed class Pair
    {
        [JsonPropertyName("question")]
        public string? Question { get; set; }

        [JsonPropertyName("response1")]
        public string? Response1 { get; set; } = "a";

        [JsonPropertyName("response2")]
        public string? Response2 { get; set; }
    }
}
