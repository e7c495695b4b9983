using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Text;
using R1Reward.Data.Randomness;

namespace R1Reward.Actors.Tests.Strangers;

/// <summary>
/// Who calls a node of an encrypted cluster and is none of it is refused in a few lines of the log, and the cluster
/// does its work. On real sockets; "inside" a stranger has a certificate of the cluster and breaks the protocol.
/// </summary>
public sealed class StrangersTests(EncryptedCluster cluster) : IClassFixture<EncryptedCluster>
{
    private const int FewLines = 6;

    // Frames begin with their length in four bytes, the lowest first.
    private static readonly byte[] HalfOpen = [100, 0, 0, 0, 1, 2, 3];
    private static readonly byte[] Oversized = [255, 255, 255, 127, 1, 2, 3];
    private static readonly byte[] Unreadable = [4, 0, 0, 0, 255, 255, 255, 255];

    [Fact]
    public Task Plain_text_is_refused() => RefusedAsync(async () =>
    {
        await Stranger.SayAsync(cluster.Port, "GET / HTTP/1.1\r\nHost: node\r\n\r\n"u8.ToArray());
        await Stranger.SayAsync(cluster.BulkPort, "GET /blobs/w/model HTTP/1.1\r\nHost: node\r\n\r\n"u8.ToArray());
    });

    [Fact]
    public Task Garbage_is_refused() => RefusedAsync(async () =>
    {
        await Stranger.SayAsync(cluster.Port, Garbage);
        await Stranger.SayAsync(cluster.BulkPort, Garbage);
    });

    [Theory]
    [InlineData("no certificate")]
    [InlineData("wrong CA")]
    [InlineData("self-signed")]
    [InlineData("another host's name")]
    [InlineData("expired")]
    public Task A_caller_without_the_right_certificate_is_refused(string fault) => RefusedAsync(async () =>
    {
        using var shown = Stranger.Certificate(fault, cluster.Authority);
        foreach (var port in (int[])[cluster.Port, cluster.BulkPort])
        {
            // In TLS 1.3 the caller learns of the refusal when it reads, if not before.
            try
            {
                await using var stream = await Stranger.CallAsync(port, shown);
                await Stranger.HungUpAsync(stream);
            }
            catch (Exception refused) when (refused is IOException or AuthenticationException)
            {
                // Told in the handshake.
            }
        }
    });

    [Fact]
    public Task Garbage_inside_is_refused() => InsideAsync(Garbage, hangsUp: true);

    [Fact]
    public Task A_frame_that_never_ends_holds_nobody_up() => InsideAsync(HalfOpen, hangsUp: false);

    [Fact]
    public Task An_oversized_frame_is_refused() => InsideAsync(Oversized, hangsUp: true);

    [Fact]
    public Task A_frame_that_cannot_be_read_is_refused() => InsideAsync(Unreadable, hangsUp: true);

    [Fact]
    public Task A_handshake_that_never_ends_holds_nobody_up() => RefusedAsync(async () =>
    {
        // The first bytes of a TLS greeting, and then nothing.
        using var first = new TcpClient("127.0.0.1", cluster.Port);
        using var second = new TcpClient("127.0.0.1", cluster.BulkPort);
        await first.GetStream().WriteAsync(new byte[] { 22, 3, 1 });
        await second.GetStream().WriteAsync(new byte[] { 22, 3, 1 });
        await cluster.WorkAsync();
    });

    [Fact]
    public Task Messages_under_unknown_names_are_refused() => RefusedAsync(async () =>
    {
        await using var foreign = ForeignSystem.Start(cluster);
        await foreign.SendAsync(new ForeignSystem.Forged(1371, "submit.99", "{}"u8.ToArray()));
        await foreign.SendAsync(new ForeignSystem.Forged(1371, "submit.1", "{ no JSON"u8.ToArray()));
        await foreign.SendAsync(new ForeignSystem.Forged(424242, "submit.1", "{}"u8.ToArray()));
    });

    [Fact]
    public async Task The_engine_s_own_serializers_bring_nothing_to_life()
    {
        int[] ids = [1, 2, 3, 4, 6];
        await RefusedAsync(lines: FewLines + ids.Length, act: async () =>
        {
            await using var foreign = ForeignSystem.Start(cluster);
            await foreign.SendAsync(RuntimeHelpers.GetUninitializedObject(typeof(Canary)));
            foreign.Deploy();
            var type = typeof(Canary).AssemblyQualifiedName!;
            var json = Encoding.UTF8.GetBytes($$"""{"$type":"{{type}}"}""");
            foreach (var id in ids)
            {
                await foreign.SendAsync(new ForeignSystem.Forged(id, type, json));
            }
        });
        Assert.Null(Canary.Woken);
    }

    private static byte[] Garbage
    {
        get
        {
            var random = CounterRandom.For(1, "garbage");
            return [.. Enumerable.Range(0, 4096).Select(_ => (byte)random.Between(0, 255))];
        }
    }

    private Task InsideAsync(byte[] said, bool hangsUp) => RefusedAsync(async () =>
    {
        using var own = Stranger.Certificate("right", cluster.Authority);
        await using var stream = await Stranger.CallAsync(cluster.Port, own);
        await stream.WriteAsync(said);
        if (hangsUp)
        {
            await Stranger.HungUpAsync(stream);
        }
        else
        {
            await cluster.WorkAsync();
        }
    });

    // What a stranger does is over, or goes on beside, when the cluster does a piece of work.
    private async Task RefusedAsync(Func<Task> act, int lines = FewLines)
    {
        await cluster.WorkAsync();
        var heard = new ConcurrentQueue<string>();
        cluster.Listen(heard.Enqueue);
        await act();
        await cluster.WorkAsync();
        Assert.True(heard.Count <= lines, $"{heard.Count} lines:\n{string.Join('\n', heard)}");
    }
}
