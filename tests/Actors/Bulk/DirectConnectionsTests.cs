using R1Reward.Actors.Bulk;
using R1Reward.Actors.Certificates;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Workers.Learn;
using R1Reward.Policy.Exchange;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Bulk;

public sealed class DirectConnectionsTests : IDisposable
{
    private static readonly WorkKey Key = new(1, WorkId.Learn(BatchId.ForStep(3)), 2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TempFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(TimeProvider.System.GetUtcNow());

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("secret", false)]
    [InlineData("", true)]
    public async Task Ranks_of_one_hand_out_exchange_numbers_by_the_way_that_weights_take(string key, bool tls)
    {
        await using var first = await HubAsync(key, tls ? _authority : null);
        await using var second = await HubAsync(key, tls ? _authority : null);
        await using var third = await HubAsync(key, tls ? _authority : null);
        BulkHub[] hubs = [first, second, third];

        var gathered = await Task.WhenAll(hubs.Select((hub, rank) => Task.Run(() =>
        {
            using var ring = RankRing.Open(hub, Key, Seat(rank, hubs), Patience, default);
            return ring.Gather([rank * 10]);
        })));

        Assert.All(gathered, numbers => Assert.Equal([0, 10, 20], numbers.Select(one => one[0])));
    }

    [Fact]
    public async Task A_rank_that_ends_is_noticed_at_once_by_the_others()
    {
        await using var first = await HubAsync("", null);
        await using var second = await HubAsync("", null);
        BulkHub[] hubs = [first, second];
        var start = TimeProvider.System.GetTimestamp();

        var lost = await Task.WhenAll(hubs.Select((hub, rank) => Task.Run(() =>
        {
            using var ring = RankRing.Open(hub, Key, Seat(rank, hubs), Patience, default);
            ring.Gather([1]);
            return rank == 1 ? null : Assert.Throws<RankLostException>(() => ring.Gather([2]));
        })));

        Assert.Equal(1, lost[0]!.Rank);
        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_rank_whose_node_is_removed_is_waited_for_no_longer_though_it_closes_nothing(bool hasConnected)
    {
        await using var first = await HubAsync("", null);
        await using var frozen = await HubAsync("", null);
        await using var third = await HubAsync("", null);
        BulkHub[] hubs = [first, frozen, third];
        using var ended = new ManualResetEventSlim();
        var standing = Task.Run(() =>
        {
            using var ring = hasConnected ? RankRing.Open(frozen, Key, Seat(1, hubs), Patience, default) : null;
            ended.Wait(Patience);
        });
        var waiting = new[] { 0, 2 }.Select(rank => Task.Run(() => Assert.Throws<RankLostException>(() =>
        {
            using var ring = RankRing.Open(hubs[rank], Key, Seat(rank, hubs), Patience, default);
            ring.Gather([rank]);
        }))).ToList();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        Assert.All(waiting, rank => Assert.False(rank.IsCompleted));
        var start = TimeProvider.System.GetTimestamp();

        first.NodeJoined("node-1");
        first.NodeRemoved("node-1");
        third.NodeRemoved("node-1");
        var lost = await Task.WhenAll(waiting);

        Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
        Assert.All(lost, failure => Assert.Equal(
            (1, "learner rank 1 is lost: its node was removed from the cluster"), (failure.Rank, failure.Message)));
        ended.Set();
        await standing;
    }

    [Fact]
    public async Task A_node_without_the_key_or_that_asks_for_no_connection_gets_none()
    {
        await using var hub = await HubAsync("secret", null);
        await using var stranger = await HubAsync("", null);
        var refused = await Assert.ThrowsAsync<IOException>(
            () => stranger.Direct.ConnectAsync(hub.Address, "name", default));
        Assert.EndsWith("/direct/name: 401", refused.Message, StringComparison.Ordinal);

        using var http = new HttpClient();
        var plain = await http.GetAsync($"{stranger.Address}/direct/name");
        Assert.Equal(404, (int)plain.StatusCode);
    }

    [Fact]
    public async Task A_node_of_another_authority_gets_no_connection()
    {
        using var other = CertificateAuthority.Create(TimeProvider.System.GetUtcNow());
        await using var hub = await HubAsync("", _authority);
        await using var stranger = await HubAsync("", other, trusted: _authority);

        await Assert.ThrowsAsync<IOException>(() => stranger.Direct.ConnectAsync(hub.Address, "name", default));
    }

    private static RankSeat Seat(int rank, BulkHub[] hubs) =>
        new(rank, [.. hubs.Select((hub, i) => new RankMember($"learner-{i}", hub.Address, $"node-{i}"))]);

    private Task<BulkHub> HubAsync(
        string key, CertificateAuthority? authority, CertificateAuthority? trusted = null) => BulkHub.StartAsync(
        new BulkOptions("127.0.0.1", 0, key, _folder.Path),
        authority is null
            ? null
            : new NodeCertificates(
                authority.Sign("127.0.0.1", TimeProvider.System.GetUtcNow(), TimeSpan.FromDays(1)),
                new PinnedCertificates((trusted ?? authority).Certificate)));
}
