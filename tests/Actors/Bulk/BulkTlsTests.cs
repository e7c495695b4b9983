using R1Reward.Actors.Bulk;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Protocol;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Bulk;

/// <summary>Weights and batches under TLS: both sides look at who the other is.</summary>
public sealed class BulkTlsTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(Now);

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_node_of_the_cluster_fetches_over_HTTPS()
    {
        await using var hub = await HubAsync("a", "127.0.0.1", _authority);
        await using var other = await HubAsync("b", "127.0.0.1", _authority);

        var blob = Publish(hub);
        var fetched = await other.FolderOfAsync(blob, default);

        Assert.StartsWith("https://127.0.0.1:", blob.BaseUrl, StringComparison.Ordinal);
        Assert.Equal("weights", File.ReadAllText(Path.Combine(fetched, "model")));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", false)]
    public async Task Nobody_fetches_with_another_authority_s_certificate_or_another_host_s(string host, bool foreign)
    {
        using var other = CertificateAuthority.Create(Now);
        await using var hub = await HubAsync("a", "127.0.0.1", _authority);
        var authority = foreign ? other : _authority;
        await using var stranger = await HubAsync("b", host, authority, trusted: _authority);

        Assert.False(await stranger.IsServedAsync(Publish(hub)));
    }

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("10.1.2.3", false)]
    public async Task Nobody_is_believed_with_another_authority_s_certificate_or_another_host_s(
        string host, bool foreign)
    {
        using var other = CertificateAuthority.Create(Now);
        var authority = foreign ? other : _authority;
        await using var stranger = await HubAsync("a", host, authority, trusted: _authority);
        await using var node = await HubAsync("b", "127.0.0.1", _authority);

        var refused = await Assert.ThrowsAsync<IOException>(() => node.FolderOfAsync(Publish(stranger), default));

        Assert.Contains("SSL", refused.Message);
    }

    [Fact]
    public async Task A_server_that_listens_everywhere_is_announced_under_the_node_s_name_and_needs_no_key()
    {
        var options = new BulkOptions("0.0.0.0", 0, "", _folder.At("a")) { EverywhereAs = "node1" };
        await using var hub = await BulkHub.StartAsync(options, Certificates("node1", _authority, _authority));

        Assert.StartsWith("https://node1:", Publish(hub).BaseUrl, StringComparison.Ordinal);
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private BlobReference Publish(BulkHub hub)
    {
        Directory.CreateDirectory(_folder.At("w1"));
        File.WriteAllText(_folder.At("w1", "model"), "weights");
        return hub.Publish("w1", _folder.At("w1"));
    }

    private Task<BulkHub> HubAsync(
        string cache, string host, CertificateAuthority authority, CertificateAuthority? trusted = null) =>
        BulkHub.StartAsync(
            new BulkOptions("127.0.0.1", 0, "", _folder.At(cache)),
            Certificates(host, authority, trusted ?? authority));

    private static NodeCertificates Certificates(
        string host, CertificateAuthority authority, CertificateAuthority trusted) => new(
        authority.Sign(host, Now, TimeSpan.FromDays(1)), new PinnedCertificates(trusted.Certificate));
}
