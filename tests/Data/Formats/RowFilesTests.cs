using System.Text;
using System.Text.Json.Serialization;
using Parquet;
using Parquet.Serialization;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class RowFilesTests : IDisposable
{
    private static readonly byte[] _png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_folder_of_Parquet_files_is_read_row_group_by_row_group_with_its_pictures()
    {
        await WriteAsync("part-0.parquet", ["a", "b", "c"], rowGroupSize: 2);
        await WriteAsync("part-1.parquet", ["d"], rowGroupSize: 2);
        var rows = RowFiles.Read(_folder.Path).ToList();
        Assert.Equal(
            ["part-0.parquet, row group 1, row 1", "part-0.parquet, row group 1, row 2",
                "part-0.parquet, row group 2, row 1", "part-1.parquet, row group 1, row 1"],
            rows.Select(row => row.Place[(_folder.Path.Length + 1)..]));
        Assert.All(rows, row => Assert.Null(row.Problem));
        Assert.Equal(rows.Count, RowCount.Of(_folder.Path));

        var pairs = PairReader.Read(_folder.Path).Pairs;
        Assert.Equal(["a", "b", "c", "d"], pairs.Select(pair => pair.Question));
        Assert.True(DataUri.TryDecode(Assert.Single(pairs[0].Media).Path, out var picture));
        Assert.Equal(_png, picture);
        Assert.Empty(PairReader.Read(_folder.At("part-1.parquet")).MediaMissing);
    }

    [Fact]
    public async Task Plain_rows_are_read_by_columns_and_are_the_same_in_row_groups_of_any_size()
    {
        var rows = Enumerable.Range(0, 300).Select(index => new Plain
        {
            Question = index % 3 == 0 ? null : $"q{index}",
            File = index % 2 == 0 ? null : [(byte)index],
            Margin = index % 5 == 0 ? null : index / 4.0,
            Grade = index,
            Good = index % 2 == 0,
        }).ToList();
        foreach (var size in new[] { 2, 300 })
        {
            await using var file = File.Create(_folder.At($"{size}.parquet"));
            await ParquetSerializer.SerializeAsync(rows, file, new ParquetOptions { RowGroupSize = size });
        }

        var small = RowFiles.Read(_folder.At("2.parquet")).ToList();
        Assert.Equal($"{_folder.At("2.parquet")}, row group 150, row 2", small[299].Place);
        Assert.Equal("""{"grade":0,"good":true}""", Json(small[0]));
        Assert.Equal("""{"q":"q7","file":"Bw==","margin":1.75,"grade":7,"good":false}""", Json(small[7]));
        Assert.Equal(RowFiles.Read(_folder.At("300.parquet")).Select(Json), small.Select(Json));

        await WriteAsync("pictures.parquet", ["a"], rowGroupSize: 2);
        Assert.True(await IsReadByColumnsAsync("2.parquet"));
        Assert.False(await IsReadByColumnsAsync("pictures.parquet"));

        async Task<bool> IsReadByColumnsAsync(string name)
        {
            await using var reader = await ParquetReader.CreateAsync(_folder.At(name));
            return ParquetColumns.CanRead(reader.Schema);
        }

        static string Json(FileRow row) => row.Fields!.ToString(Newtonsoft.Json.Formatting.None);
    }

    [Fact]
    public async Task A_folder_with_several_splits_is_refused_and_one_of_them_is_named_with_a_star()
    {
        Directory.CreateDirectory(_folder.At("data"));
        await WriteAsync("data/train-00000-of-00002.parquet", ["a"], rowGroupSize: 2);
        await WriteAsync("data/train-00001-of-00002.parquet", ["b"], rowGroupSize: 2);
        Assert.Equal(2, RowFiles.Read(_folder.Path).Count());
        await WriteAsync("data/raw-00000-of-00001.parquet", ["c"], rowGroupSize: 2);

        Assert.Contains(
            "the splits raw, train; name one of them, for example " + _folder.At("data", "raw-*.parquet"),
            Assert.Throws<UserErrorException>(() => RowFiles.Read(_folder.Path).ToList()).Message);
        var pairs = PairReader.Read(_folder.At("data", "train-*.parquet")).Pairs;
        Assert.Equal(["a", "b"], pairs.Select(pair => pair.Question));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_found_in_their_row_and_a_replacement_character_is_text()
    {
        var row = """{"question":"é \uFFFD","response1":"x","response2":"y"}""";
        byte[] latin = [.. Encoding.Latin1.GetBytes(row)];
        byte[] good = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(row), (byte)'\r', (byte)'\n'];
        File.WriteAllBytes(_folder.At("rows.jsonl"), [.. good, .. latin, (byte)'\n', .. good[3..]]);
        var rows = RowFiles.Read(_folder.At("rows.jsonl")).ToList();
        Assert.Equal([null, JsonRows.NoUtf8, null], rows.Select(one => one.Problem));
        Assert.Equal("é \uFFFD", (string?)rows[2].Fields!["question"]);

        File.WriteAllBytes(_folder.At("list.json"), [(byte)'[', .. latin, (byte)']']);
        File.WriteAllBytes(_folder.At("rows.csv"), [.. "question\n"u8, 0xE9, (byte)'\n', .. "b\n"u8]);
        Assert.Equal(JsonRows.NoUtf8, Assert.Single(RowFiles.Read(_folder.At("list.json"))).Problem);
        Assert.Equal([JsonRows.NoUtf8, null], RowFiles.Read(_folder.At("rows.csv")).Select(one => one.Problem));
        File.WriteAllText(_folder.At("wide.jsonl"), row, Encoding.Unicode);
        var wide = Assert.Throws<UserErrorException>(() => RowFiles.Read(_folder.At("wide.jsonl")).ToList());
        Assert.Contains("UTF-16", wide.Message);
    }

    [Fact]
    public void A_line_longer_than_the_buffer_is_one_row()
    {
        var text = new string('x', 300_000);
        var path = _folder.Write("long.jsonl", $$"""{"a":1}{{"\n"}}{"question":"{{text}}"}{{"\n\n"}}{"b":2}""");
        var rows = RowFiles.Read(path).ToList();
        Assert.Equal([$"{path}:1", $"{path}:2", $"{path}:4"], rows.Select(row => row.Place));
        Assert.Equal(text, (string?)rows[1].Fields!["question"]);
    }

    [Fact]
    public void Cells_of_CSV_may_hold_commas_and_line_breaks_and_a_short_row_is_named()
    {
        var path = _folder.Write(
            "rows.csv", "question,response1,response2,label\n\"a, b\",\"x\ny\",z,first\nq,only\n\"c\",d,e,second\n");
        var rows = RowFiles.Read(path).ToList();
        Assert.Equal([$"{path}:2", $"{path}:4", $"{path}:5"], rows.Select(row => row.Place));
        Assert.Equal("x\ny", (string?)rows[0].Fields!["response1"]);
        Assert.Contains("2 cells under 4 names", rows[1].Problem);
        var read = PairReader.Read(path, skipBadRows: true);
        Assert.Equal(2, read.Pairs.Count);
        Assert.StartsWith($"{path}:4: ", Assert.Single(read.Skipped));
    }

    private async Task WriteAsync(string name, string[] questions, int rowGroupSize)
    {
        var rows = questions.Select(question => new Row
        {
            Question = question,
            Response1 = "x",
            Response2 = "y",
            Image = new Picture { Bytes = _png, Path = "0.png" },
        });
        await using var file = File.Create(_folder.At(name));
        await ParquetSerializer.SerializeAsync(rows, file, new ParquetOptions { RowGroupSize = rowGroupSize });
    }

    private sealed class Row
    {
        [JsonPropertyName("question")]
        public string? Question { get; set; }

        [JsonPropertyName("response1")]
        public string? Response1 { get; set; }

        [JsonPropertyName("response2")]
        public string? Response2 { get; set; }

        [JsonPropertyName("image")]
        public Picture? Image { get; set; }
    }

    private sealed class Picture
    {
        [JsonPropertyName("bytes")]
        public byte[]? Bytes { get; set; }

        [JsonPropertyName("path")]
        public string? Path { get; set; }
    }

    private sealed class Plain
    {
        [JsonPropertyName("q")]
        public string? Question { get; set; }

        [JsonPropertyName("file")]
        public byte[]? File { get; set; }

        [JsonPropertyName("margin")]
        public double? Margin { get; set; }

        [JsonPropertyName("grade")]
        public int Grade { get; set; }

        [JsonPropertyName("good")]
        public bool Good { get; set; }
    }
}
