using System.Text.RegularExpressions;
using R1Reward.Data.Formats;
using R1Reward.Data.Options;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

/// <summary>The examples of docs/data.md are files that are read as the page says.</summary>
public sealed partial class DataPageTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_format_has_an_example_of_three_rows_that_is_recognised()
    {
        var shown = new List<PairFormat>();
        var page = File.ReadAllText(Path.Combine(Fixtures.Repository, "docs", "data.md"));
        foreach (Match block in Blocks().Matches(page))
        {
            var format = EnumNames.Values<PairFormat>()[block.Groups[1].Value];
            var rows = block.Groups[2].Value;
            var path = _folder.Write("rows.jsonl", rows);
            Assert.Equal(3, rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            var file = PairReader.Read(path);
            Assert.Equal(format, file.Format);
            Assert.Equal(
                file.Pairs.Select(pair => pair.Id),
                PairReader.Read(path, format).Pairs.Select(pair => pair.Id));
            Assert.All(file.Ignored.Keys, name => Assert.Contains(name, (string[])["margin", "num_correct"]));
            Assert.All(file.Pairs, pair => Assert.NotNull(pair.Label));
            shown.Add(format);
        }

        Assert.Equal(Enum.GetValues<PairFormat>().Except([PairFormat.Auto]).Order(), shown.Distinct().Order());
    }

    [GeneratedRegex("^```([a-z0-9-]+)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
