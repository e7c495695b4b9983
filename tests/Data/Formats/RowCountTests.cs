using R1Reward.Data.Formats;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Formats;

public sealed class RowCountTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("a.jsonl", "{\"a\":\"[{\"}\n\n  \r\n{}\n{}", 3)]
    [InlineData("a.jsonl", "{}\n", 1)]
    [InlineData("a.json", " [ {\"a\":[{\"b\":\"]}\\\"{\"}]},\n{}, {} ]\n", 3)]
    [InlineData("a.csv", "a,b\n1,\"two\nlines \"\"quoted\"\"\"\n2,3\n", 2)]
    [InlineData("a.csv", "a,b\n", 0)]
    [InlineData("a.jsonl", "", 0)]
    public void Rows_are_counted_as_they_are_read(string name, string text, int count)
    {
        var path = _folder.Write(name, text);

        Assert.Equal(count, RowCount.Of(path));
        Assert.Equal(count, RowFiles.Read(path).Count());
    }

    [Fact]
    public void What_is_not_there_has_no_rows() => Assert.Equal(0, RowCount.Of(_folder.At("absent.jsonl")));
}
