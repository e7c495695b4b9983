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

        var pairs = PairReader.Read(_folder.Path).Pairs;
        Assert.Equal(["a", "b", "c", "d"], pairs.Select(pair => pair.Question));
        Assert.True(DataUri.TryDecode(Assert.Single(pairs[0].Media).Path, out var picture));
        Assert.Equal(_png, picture);
        Assert.Empty(PairReader.Read(_folder.At("part-1.parquet")).MediaMissing);
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
}
