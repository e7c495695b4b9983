using R1Reward.Actors.Bulk;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Bulk;

public sealed class BulkHubTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Another_node_reads_what_was_published()
    {
        await using var hub = await Hub("a");
        await using var other = await Hub("b");
        var blob = hub.Publish("w1", Files("w1", "weights"));

        var fetched = await other.FolderOfAsync(blob, default);

        Assert.NotEqual(_folder.At("w1"), fetched);
        Assert.Equal("weights", File.ReadAllText(Path.Combine(fetched, "model")));
        Assert.Equal(_folder.At("w1"), await hub.FolderOfAsync(blob, default));
    }

    [Fact]
    public async Task A_host_fetches_a_blob_once()
    {
        await using var hub = await Hub("a");
        await using var first = await Hub("shared");
        await using var second = await Hub("shared");
        var blob = hub.Publish("w1", Files("w1", "weights"));
        var fetched = await first.FolderOfAsync(blob, default);
        hub.Forget("w1");

        Assert.Equal(fetched, await second.FolderOfAsync(blob, default));
    }

    [Fact]
    public async Task What_its_publisher_does_not_have_any_more_comes_from_one_who_has_a_copy()
    {
        await using var hub = await Hub("a");
        await using var second = await Hub("b");
        await using var reader = await Hub("c");
        var blob = hub.Publish("w1", Files("w1", "weights"));
        second.Publish("w1", Files("w1", "weights"));
        blob = blob with { Copies = [new BlobCopy(BulkHub.UrlOf(second.Address, "w1"), "")] };
        hub.Forget("w1");

        Assert.True(await reader.IsServedAsync(blob));
        Assert.Equal("weights", File.ReadAllText(Path.Combine(await reader.FolderOfAsync(blob, default), "model")));
        second.Forget("w1");
        Assert.False(await reader.IsServedAsync(blob));
    }

    [Fact]
    public async Task Other_bytes_than_announced_are_not_used()
    {
        await using var hub = await Hub("a");
        await using var other = await Hub("b");
        var blob = hub.Publish("w1", Files("w1", "weights"));
        File.WriteAllText(_folder.At("w1", "model"), "tampered");

        var error = await Assert.ThrowsAsync<IOException>(() => other.FolderOfAsync(blob, default));

        Assert.Contains("digest", error.Message);
        Assert.False(Directory.Exists(_folder.At("b", "w1")));
    }

    [Fact]
    public async Task Without_the_key_nothing_is_served()
    {
        await using var hub = await Hub("a", "secret");
        await using var stranger = await Hub("b");
        await using var friend = await Hub("c", "secret");
        var blob = hub.Publish("w1", Files("w1", "weights"));

        var refused = await Assert.ThrowsAsync<IOException>(() => stranger.FolderOfAsync(blob, default));

        Assert.Contains("401", refused.Message);
        Assert.NotEmpty(await friend.FolderOfAsync(blob, default));
    }

    [Fact]
    public async Task Other_machines_are_served_only_with_a_key()
    {
        var open = new BulkOptions("0.0.0.0", 0, "", _folder.At("a"));

        var error = await Assert.ThrowsAsync<UserErrorException>(() => BulkHub.StartAsync(open));

        Assert.Contains("r1reward.node.bulk.key-env", error.Message);
    }

    [Fact]
    public async Task What_was_forgotten_is_gone_and_shared_content_stays_its_owner_s()
    {
        await using var hub = await Hub("a");
        await using var other = await Hub("b");
        var blob = hub.Publish("w1", Files("w1", "weights"));
        using var content = new MemoryStream();
        hub.Share("w1", content);
        Assert.Same(content, hub.Shared<MemoryStream>("w1"));

        hub.Forget("w1");

        Assert.Null(hub.Shared<MemoryStream>("w1"));
        Assert.True(content.CanRead);
        var missing = await Assert.ThrowsAsync<IOException>(() => other.FolderOfAsync(blob, default));
        Assert.Contains("404", missing.Message);
    }

    [Theory]
    [InlineData("w1/..%2fsecret")]
    [InlineData("w1/%2e%2e%2fsecret")]
    [InlineData("..%2f..%2fetc/passwd")]
    public async Task A_path_leads_nowhere_outside_published_folders(string path)
    {
        await using var hub = await Hub("a");
        hub.Publish("w1", Files("w1", "weights"));
        File.WriteAllText(_folder.At("secret"), "secret");
        using var http = new HttpClient();

        var response = await http.GetAsync($"{hub.Address}/blobs/{path}");

        Assert.Equal(System.Net.HttpStatusCode.NotFound, response.StatusCode);
    }

    [Fact]
    public async Task Old_copies_leave_the_cache_but_nothing_that_this_host_publishes()
    {
        await using var hub = await Hub("a");
        await using var other = await Hub("b");
        Directory.CreateDirectory(_folder.At("b", BulkOptions.Own));
        for (var version = 0; version < 9; version++)
        {
            await other.FolderOfAsync(hub.Publish($"w{version}", Files($"w{version}", "weights")), default);
        }

        Assert.True(Directory.Exists(_folder.At("b", BulkOptions.Own)));
        Assert.True(Directory.Exists(_folder.At("b", "w8")));
        Assert.False(Directory.Exists(_folder.At("b", "w0")));
    }

    [Fact]
    public async Task A_fetch_that_breaks_off_goes_on_where_it_was()
    {
        await using var hub = await Hub("a");
        using var proxy = new BreakingProxy(hub.Address, bytes: 700_000);
        await using var other = await Hub("b");
        var content = string.Concat(Enumerable.Range(0, 300_000).Select(i => $"{i} "));
        var blob = hub.Publish("w1", Files("w1", content));

        var fetched = await other.FolderOfAsync(
            blob with { BaseUrl = blob.BaseUrl.Replace(hub.Address, proxy.Address) }, default);

        Assert.Equal(content, File.ReadAllText(Path.Combine(fetched, "model")));
        Assert.True(proxy.Connections > 2, $"{proxy.Connections} connections");
        Assert.InRange(proxy.Passed, content.Length, content.Length + 100_000);
    }

    [Fact]
    public async Task A_publisher_that_says_nothing_is_given_up()
    {
        await using var other = await Hub("b", silence: TimeSpan.FromMilliseconds(200));
        using var proxy = new BreakingProxy(target: null, bytes: 0);
        var blob = Blob(proxy.Address);

        var error = await Assert.ThrowsAsync<IOException>(
            () => other.FolderOfAsync(blob, default).WaitAsync(TimeSpan.FromSeconds(60)));

        Assert.Contains("nothing came for 0.2 s", error.Message);
        Assert.False(await other.IsServedAsync(blob).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task What_is_fetched_from_a_node_that_is_removed_is_given_up()
    {
        await using var other = await Hub("b", silence: TimeSpan.FromMinutes(10));
        using var proxy = new BreakingProxy(target: null, bytes: 0);
        var fetch = other.FolderOfAsync(Blob(proxy.Address), default);
        while (proxy.Connections == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }

        other.NodeRemoved("akka.tcp://r1reward@another:1");
        Assert.False(fetch.IsCompleted);
        other.NodeRemoved("akka.tcp://r1reward@frozen:1");

        var error = await Assert.ThrowsAsync<IOException>(() => fetch.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("frozen", error.Message);
    }

    [Fact]
    public async Task A_node_that_was_removed_is_asked_for_nothing_until_it_is_back()
    {
        await using var hub = await Hub("a");
        await using var other = await Hub("b", silence: TimeSpan.FromMinutes(10));
        using var silent = new BreakingProxy(target: null, bytes: 0);
        hub.Node = "akka.tcp://r1reward@frozen:1";
        other.NodeRemoved(hub.Node);

        await Assert.ThrowsAsync<IOException>(
            () => other.FolderOfAsync(Blob(silent.Address), default).WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, silent.Connections);
        other.NodeJoined(hub.Node);
        Assert.NotEmpty(await other.FolderOfAsync(hub.Publish("w2", Files("w2", "weights")), default));
    }

    [Fact]
    public async Task Whether_weights_are_served_is_known_without_fetching_them()
    {
        await using var hub = await Hub("a");
        await using var other = await Hub("b");
        var blob = hub.Publish("w1", Files("w1", "weights"));

        Assert.True(await hub.IsServedAsync(blob));
        Assert.True(await other.IsServedAsync(blob));
        hub.Forget("w1");
        Assert.False(await other.IsServedAsync(blob));
        Assert.False(Directory.Exists(_folder.At("b", "w1")));
    }

    private static BlobReference Blob(string address) =>
        new("w1", address + "/blobs/w1", [new BlobFile("model", 7, "")]) { Node = "akka.tcp://r1reward@frozen:1" };

    private Task<BulkHub> Hub(string cache, string key = "", TimeSpan? silence = null)
    {
        var options = new BulkOptions("127.0.0.1", 0, key, _folder.At(cache));
        return BulkHub.StartAsync(options with { Silence = silence ?? options.Silence });
    }

    private string Files(string name, string content)
    {
        Directory.CreateDirectory(_folder.At(name));
        File.WriteAllText(_folder.At(name, "model"), content);
        File.WriteAllText(_folder.At(name, "config.json"), "{}");
        return _folder.At(name);
    }
}
