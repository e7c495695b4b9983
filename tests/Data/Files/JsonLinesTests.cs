using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Files;

public sealed class JsonLinesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_line_that_was_cut_off_is_dropped_and_the_next_one_is_whole()
    {
        var path = _folder.At("x.jsonl");
        File.WriteAllText(path, "{\"n\":1}\n{\"n\":2}\n{\"n\":");

        using (var lines = new JsonLines(path))
        {
            lines.Append(new { n = 3 });
        }

        Assert.Equal([1, 2, 3], JsonLines.Read(path).Select(line => (int)line["n"]!));
        Assert.Equal(3, File.ReadAllLines(path).Length);
    }

    [Fact]
    public void Cutting_back_keeps_what_is_asked_for_and_appending_goes_on()
    {
        var path = _folder.At("x.jsonl");
        using (var lines = new JsonLines(path))
        {
            foreach (var n in new[] { 1, 2, 3 })
            {
                lines.Append(new { n });
            }

            lines.Cut(line => (int)line["n"]! < 3);
            lines.Append(new { n = 4 });
        }

        Assert.Equal([1, 2, 4], JsonLines.Read(path).Select(line => (int)line["n"]!));
    }

    [Fact]
    public void Where_there_is_no_file_there_are_no_lines() => Assert.Empty(JsonLines.Read(_folder.At("none")));
}
