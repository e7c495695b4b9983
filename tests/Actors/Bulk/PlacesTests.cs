using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Bulk;

/// <summary>Weights that several nodes have, on their way to one that reads them.</summary>
public sealed class PlacesTests : IDisposable
{
    private const int PartBytes = 50_000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string _content = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i} "));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Each_place_sends_its_part()
    {
        await using var first = await HubAsync("a");
        await using var second = await HubAsync("b");
        using var one = new BreakingProxy(first.Address, long.MaxValue);
        using var other = new BreakingProxy(second.Address, long.MaxValue);

        await FetchAsync(Blob(first, one.Address, Publish(second, other.Address, _content)));

        Assert.True(one.Passed >= PartBytes, $"{one.Passed} bytes of the first place");
        Assert.True(other.Passed >= PartBytes, $"{other.Passed} bytes of the second place");
        Assert.InRange(one.Passed + other.Passed, _content.Length, _content.Length * 1.1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_place_did_not_send_that_breaks_off_or_falls_silent_comes_from_another(bool breaks)
    {
        await using var first = await HubAsync("a");
        await using var second = await HubAsync("b");
        using var lost = breaks ? new BreakingProxy(first.Address, 120_000) : new BreakingProxy(null, 0);

        await FetchAsync(Blob(first, lost.Address, Publish(second, second.Address, _content)));
    }

    [Fact]
    public async Task A_node_that_is_removed_in_the_middle_is_waited_for_no_longer()
    {
        await using var first = await HubAsync("a");
        await using var second = await HubAsync("b");
        await using var reader = await HubAsync("reader", TimeSpan.FromMinutes(10));
        using var frozen = new BreakingProxy(null, 0);
        var fetch = reader.FolderOfAsync(
            Blob(first, frozen.Address, Publish(second, second.Address, _content)), CancellationToken.None);
        while (frozen.Connections == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        Assert.False(Directory.Exists(_folder.At("reader", "w1")));
        reader.NodeRemoved("node-a");

        Assert.Equal(_content, await ReadAsync(await fetch.WaitAsync(Patience)));
    }

    [Fact]
    public async Task A_place_with_other_bytes_is_found_out_and_the_whole_comes_from_the_others()
    {
        await using var first = await HubAsync("a");
        await using var second = await HubAsync("b");

        await FetchAsync(Blob(first, first.Address, Publish(second, second.Address, _content.Replace('7', '8'))));
    }

    [Fact]
    public async Task What_nobody_has_any_more_is_not_there_in_part()
    {
        await using var first = await HubAsync("a");
        await using var second = await HubAsync("b");
        using var one = new BreakingProxy(first.Address, 120_000);
        var blob = Blob(first, one.Address, Publish(second, second.Address, _content));
        second.Forget("w1");
        first.Forget("w1");
        await using var reader = await HubAsync("reader");

        await Assert.ThrowsAsync<IOException>(() => reader.FolderOfAsync(blob, CancellationToken.None));

        Assert.False(Directory.Exists(_folder.At("reader", "w1")));
    }

    private async Task FetchAsync(BlobReference blob)
    {
        await using var reader = await HubAsync("reader");
        Assert.Equal(_content, await ReadAsync(await reader.FolderOfAsync(blob, CancellationToken.None)));
    }

    private static Task<string> ReadAsync(string folder) => File.ReadAllTextAsync(Path.Combine(folder, "model"));

    private BlobReference Blob(BulkHub hub, string address, BlobCopy copy) =>
        Publish(hub, _content) with { BaseUrl = BulkHub.UrlOf(address, "w1"), Node = "node-a", Copies = [copy] };

    private BlobCopy Publish(BulkHub hub, string address, string content)
    {
        Publish(hub, content);
        return new BlobCopy(BulkHub.UrlOf(address, "w1"), "node-b");
    }

    private BlobReference Publish(BulkHub hub, string content)
    {
        var folder = _folder.At($"weights-{new Uri(hub.Address).Port}");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "model"), content);
        return hub.Publish("w1", folder);
    }

    private Task<BulkHub> HubAsync(string cache, TimeSpan? silence = null) => BulkHub.StartAsync(
        new BulkOptions("127.0.0.1", 0, "", _folder.At(cache))
        {
            PartBytes = PartBytes,
            Silence = silence ?? TimeSpan.FromMilliseconds(500),
        });
}
