using R1Reward.Actors.Bulk;
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

    private Task<BulkHub> Hub(string cache, string key = "") =>
        BulkHub.StartAsync(new BulkOptions("127.0.0.1", 0, key, _folder.At(cache)));

    private string Files(string name, string content)
    {
        Directory.CreateDirectory(_folder.At(name));
        File.WriteAllText(_folder.At(name, "model"), content);
        File.WriteAllText(_folder.At(name, "config.json"), "{}");
        return _folder.At(name);
    }
}
