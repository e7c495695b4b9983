using R1Reward.Data.Files;
using R1Reward.Tests.Support;

namespace R1Reward.Data.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_that_write_a_file_at_once_both_write_it_whole()
    {
        var path = _folder.At("current.json");

        AtomicFile.Write(path, stream =>
        {
            AtomicFile.Write(path, "the other's");
            Assert.Equal("the other's", File.ReadAllText(path));
            stream.Write("one's own"u8);
        });

        Assert.Equal("one's own", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder.Path));
    }
}
