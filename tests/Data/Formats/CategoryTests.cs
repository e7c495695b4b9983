using R1Reward.Data.Evaluation;
using R1Reward.Data.Formats;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class CategoryTests : IDisposable
{
    private const string Rows =
        """
        {"id":"1","prompt":"p","chosen":"a","rejected":"b","image":"safety/long_shorts.png"}
        {"id":"2","prompt":"p","chosen":"a","rejected":"b","video":"video/2"}
        {"id":"3","prompt":"p","chosen":"a","rejected":"b","image":"else/3.png"}
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bench")]
    [InlineData("long-run")]
    [InlineData("mcq")]
    public void Categories_do_not_depend_on_the_folder_of_the_file(string folder)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, folder));
        var path = _folder.Write(Path.Combine(folder, "rows.jsonl"), Rows);
        var pairs = PairReader.Read(path, PairFormat.MmRlhf).Pairs
            .Select(pair => pair.MediaIn(Path.GetDirectoryName(path)!))
            .ToList();
        Assert.Equal(["safety", "video", "other"], pairs.Select(SuiteCategory.Get));
        Assert.Equal(["safety", "video", "other"], pairs.Select(pair => SuiteCategory.Get(pair.Swapped())));
    }

    [Theory]
    [InlineData("/data/long-run/short/1.png", "short")]
    [InlineData("/home/video/bench/mcq/1.png", "mcq")]
    [InlineData("bench\\safety\\1.png", "safety")]
    [InlineData("longing/1.png", "other")]
    [InlineData("", "other")]
    public void Whole_folder_names_of_the_written_path_decide(string path, string category) =>
        Assert.Equal(category, SuiteCategory.MmRlhf(path));

    [Fact]
    public void Own_rows_keep_the_category()
    {
        var path = Path.Combine(_folder.Path, "pairs.jsonl");
        var pair = new PreferencePair
        {
            Id = new PairId("1"), Question = "q", Response1 = "a", Response2 = "b", Category = "short",
        };
        PairWriter.WritePairs(path, [pair]);
        Assert.Equal("short", SuiteCategory.Get(Assert.Single(PairReader.Read(path).Pairs)));
    }
}
