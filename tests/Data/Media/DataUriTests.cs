using R1Reward.Data.Media;

namespace R1Reward.Data.Tests.Media;

public sealed class DataUriTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(300)]
    public void What_is_put_in_comes_out(int length)
    {
        byte[] content = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 7))];
        var path = DataUri.FromPng(content);

        Assert.True(DataUri.Matches(path));
        Assert.True(DataUri.TryDecode(path, out var decoded));
        Assert.Equal(content, decoded);
    }

    [Theory]
    [InlineData("data:image/png;charset=utf-8;base64,AAEC")]
    [InlineData("data:;base64,AAEC")]
    [InlineData("DATA:image/png;name=cup.png;BASE64,AAEC")]
    [InlineData("data:image/png;base64,AA\r\nEC\n")]
    public void Parameters_and_line_ends_are_read_over(string path)
    {
        Assert.True(DataUri.Matches(path));
        Assert.True(DataUri.TryDecode(path, out var decoded));
        Assert.Equal<byte>([0, 1, 2], decoded);
    }

    [Theory]
    [InlineData("data:image/png;base64,%%%")]
    [InlineData("data:text/plain,hello")]
    [InlineData("data:")]
    public void What_is_not_base64_is_refused(string path) => Assert.False(DataUri.TryDecode(path, out _));
}
