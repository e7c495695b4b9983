using System.Text;
using Microsoft.AspNetCore.Http;
using Newtonsoft.Json.Linq;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Tests.Judge;

namespace R1Reward.Rewards.Tests.Serving;

/// <summary>Trainers that hang up, and a server that is ended, while a judge takes its time.</summary>
public sealed class AbandonedRewardsTests : IAsyncLifetime
{
    private const string Item = "<think>a</think><answer>1</answer>";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http = new() { Timeout = _patience };
    private readonly TaskCompletionSource _asked = new();
    private readonly TaskCompletionSource _dropped = new();
    private ScriptedServer _judge = null!;
    private RewardServer _server = null!;
    private IDisposable _client = null!;

    public async Task InitializeAsync()
    {
        // A judge that answers when its caller has gone, and not before.
        _judge = await ScriptedServer.StartAsync(async (_, context) =>
        {
            context.RequestAborted.Register(() => _dropped.TrySetResult());
            _asked.TrySetResult();
            await _dropped.Task.WaitAsync(_patience);
        });
        var client = JudgeClients.Client(_judge);
        var service = new R1RewardService(
            AcceptedAnswers.None, new ConsistencyJudge(client).GradeAsync, new RewardServiceOptions(), _ => { });
        (_client, _server) = (
            client, await RewardServer.StartAsync(new RewardServerOptions { MaxRequests = 1 }, service));
    }

    public async Task DisposeAsync()
    {
        await _server.DisposeAsync();
        _client.Dispose();
        _http.Dispose();
        await _judge.DisposeAsync();
    }

    [Fact]
    public async Task A_trainer_that_hangs_up_takes_its_question_to_the_judge_with_it()
    {
        using var hangUp = new CancellationTokenSource();
        var asking = PostAsync(hangUp.Token);
        await _asked.Task.WaitAsync(_patience);

        Assert.Equal(429, (await PostAsync(CancellationToken.None)).Status);
        await hangUp.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await _dropped.Task.WaitAsync(_patience);
        using var giveUp = new CancellationTokenSource(_patience);
        while (_server.UnderWay > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, giveUp.Token);
        }
    }

    [Fact]
    public async Task A_server_that_ends_gives_its_questions_up_and_names_the_requests()
    {
        var asking = PostAsync(CancellationToken.None);
        await _asked.Task.WaitAsync(_patience);

        var left = await _server.StopAsync(TimeSpan.Zero, TimeProvider.System).WaitAsync(_patience);

        Assert.StartsWith("POST /get_reward from 127.0.0.1:", Assert.Single(left), StringComparison.Ordinal);
        await _dropped.Task.WaitAsync(_patience);
        await Assert.ThrowsAsync<HttpRequestException>(() => asking);
    }

    private async Task<(int Status, JObject Reply)> PostAsync(CancellationToken cancel)
    {
        using var content = new StringContent(
            $$"""{"queries":["{{Item}}"],"prompts":["p"],"labels":["1"]}""", Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri(_server.Address, "get_reward"), content, cancel);
        return ((int)response.StatusCode, JObject.Parse(await response.Content.ReadAsStringAsync(cancel)));
    }
}
