using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Serving;

/// <summary>Clients that hang up: what they asked for is not computed any further.</summary>
public sealed class GrmAbandonedTests : IAsyncLifetime
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = _patience };
    private readonly TempFolder _folder = new();
    private GrmEngine _engine = null!;
    private GrmServer _server = null!;

    public async Task InitializeAsync()
    {
        _engine = await GrmEngine.StartAsync(
            new JudgeModelOptions(TinyModel.Write(_folder.At("tiny")), null, "cpu", "float32"));
        _server = await GrmServer.StartAsync(
            new GrmServerOptions { Model = "tiny", MaxNewTokens = 480, MaxRequests = 1 }, _engine, TimeProvider.System);
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _engine.Dispose();
        _http.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_that_hangs_up_makes_room_for_the_next(bool streams)
    {
        // 64 long replies take far longer than a client of this test waits; only one request may be under way.
        using var hangUp = new CancellationTokenSource();
        var asking = StartAsync(64, 480, streams, hangUp.Token);
        await UntilUnderWayAsync();

        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);

        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (_server.UnderWay > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, giveUp.Token);
        }

        Assert.Equal(200, (await StartAsync(1, 1, streams: false, CancellationToken.None)).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_more_than_the_model_may_have_is_turned_away(bool streams)
    {
        using var engine = await GrmEngine.StartAsync(
            new JudgeModelOptions(_folder.At("tiny"), null, "cpu", "float32"), maxRequests: 1);
        var options = new GrmServerOptions { Model = "tiny", MaxNewTokens = 480 };
        await using var server = await GrmServer.StartAsync(options, engine, TimeProvider.System);
        const string many = """
            {"messages":[{"role":"user","content":"q"}],"n":64,"max_tokens":480,"min_tokens":480}
            """;
        var request = GrmRequestReader.Read(JObject.Parse(many), options);
        using var hangUp = new CancellationTokenSource();
        var begun = new TaskCompletionSource();
        var asking = engine.AnswerAsync(request, seed: 1, _ => begun.TrySetResult(), hangUp.Token);
        await begun.Task.WaitAsync(_patience);

        var (status, reply) = await StartAsync(1, 1, streams, CancellationToken.None, server);

        Assert.Equal(429, status);
        Assert.Contains("ask again later", reply, StringComparison.Ordinal);
        await hangUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
    }

    [Fact]
    public async Task A_server_that_ends_names_the_requests_that_it_leaves()
    {
        var asking = StartAsync(64, 480, streams: false, CancellationToken.None);
        await UntilUnderWayAsync();

        var left = await _server.StopAsync(TimeSpan.Zero, TimeProvider.System).WaitAsync(_patience);

        Assert.StartsWith("POST /v1/chat/completions from 127.0.0.1:", Assert.Single(left), StringComparison.Ordinal);
        await Assert.ThrowsAsync<HttpRequestException>(() => asking);
    }

    [Fact]
    public async Task A_server_that_ends_answers_what_it_can_and_then_listens_no_more()
    {
        var asking = StartAsync(8, 480, streams: false, CancellationToken.None);
        await UntilUnderWayAsync();

        Assert.Empty(await _server.StopAsync(_patience, TimeProvider.System).WaitAsync(_patience));

        Assert.Equal(200, (await asking).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => StartAsync(1, 1, streams: false, CancellationToken.None));
    }

    private async Task UntilUnderWayAsync()
    {
        using var giveUp = new CancellationTokenSource(_patience);
        while (_server.UnderWay == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, giveUp.Token);
        }
    }

    private async Task<(int Status, string Reply)> StartAsync(
        int n, int tokens, bool streams, CancellationToken cancel, GrmServer? other = null)
    {
        var stream = streams ? "true" : "false";
        var body = $$"""
            {"messages":[{"role":"user","content":"q"}],"n":{{n}},"max_tokens":{{tokens}},"min_tokens":{{tokens}},
            "stream":{{stream}},"seed":1}
            """;
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(
            new Uri((other ?? _server).Endpoint, "/v1/chat/completions"), content, cancel);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancel));
    }
}
