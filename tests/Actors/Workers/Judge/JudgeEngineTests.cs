using System.Net;
using System.Net.Sockets;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.Judge;
using R1Reward.Data;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Terms;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.Judge;

public sealed class JudgeEngineTests
{
    private const string Reply = "<think>response 1 is better</think><answer>1</answer>";

    [Fact]
    public async Task A_judge_that_refuses_the_key_ends_the_run_at_its_start()
    {
        await using var judge = await StartJudge(new JudgeServerOptions { ApiKey = "k" });

        var error = await Assert.ThrowsAsync<UserErrorException>(() => Start(judge.Endpoint));

        Assert.Contains("answered 401", error.Message);
        Assert.Contains("api-key-env", error.Message);
        Assert.Equal(0, judge.Completions);
    }

    [Fact]
    public async Task A_wrong_address_ends_the_run_at_its_start()
    {
        await using var judge = await StartJudge(new JudgeServerOptions());

        var elsewhere = new Uri(judge.Endpoint, "/api");

        var error = await Assert.ThrowsAsync<UserErrorException>(() => Start(elsewhere));

        Assert.Contains("answered 404", error.Message);
    }

    [Fact]
    public async Task An_absent_judge_ends_the_run_at_its_start_unless_the_run_may_go_without_it_or_asks_none()
    {
        var absent = FreeAddress();

        Assert.Contains("on-failure", (await Assert.ThrowsAsync<UserErrorException>(() => Start(absent))).Message);
        await (await Start(absent, "r1reward.judge.on-failure=without-bonus")).DisposeAsync();
        await (await Start(absent, "r1reward.rewards.consistency=off")).DisposeAsync();
    }

    [Fact]
    public async Task What_a_verdict_took_comes_with_it()
    {
        await using var judge = await StartJudge(new JudgeServerOptions());
        await using var engine = await Start(judge.Endpoint);

        var first = await Ask(engine, 0);
        var again = await Ask(engine, 1);

        Assert.Equal(ConsistencyVerdict.Consistent, first.Verdict);
        Assert.Equal((1, 0, 0), (first.Use!.Requests, first.Use.Errors, first.Use.CacheHits));
        Assert.Equal(ConsistencyVerdict.Consistent, again.Verdict);
        Assert.Equal((0, 0, 1), (again.Use!.Requests, again.Use.Errors, again.Use.CacheHits));
    }

    [Fact]
    public async Task A_judge_that_dies_and_returns_loses_no_sample()
    {
        var first = await StartJudge(new JudgeServerOptions { Latency = TimeSpan.FromMilliseconds(20) });
        var port = first.Endpoint.Port;
        await using var engine = await Start(
            first.Endpoint,
            "r1reward.judge.retry-delay=10 ms",
            "r1reward.judge.break-for=500 ms",
            "r1reward.judge.cache-entries=0");

        var asked = Enumerable.Range(0, 64).Select(i => Ask(engine, i)).ToList();
        await Task.WhenAny(asked);
        await first.DisposeAsync();
        await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System);
        Assert.Contains(asked, task => !task.IsCompleted);
        await using var second = await StartJudge(new JudgeServerOptions { Port = port });

        var verdicts = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(verdicts, verdict => Assert.Equal(ConsistencyVerdict.Consistent, verdict.Verdict));
        Assert.True(verdicts.Sum(verdict => verdict.Use!.Errors) > 0);
    }

    private static Task<JudgeServer> StartJudge(JudgeServerOptions options) =>
        JudgeServer.StartAsync(options, TimeProvider.System);

    private static Task<JudgeEngine> Start(Uri endpoint, params string[] more)
    {
        string[] settings =
        [
            .. TinyRunSettings.For("unused", 1),
            $"r1reward.judge.endpoints=[{endpoint}]",
            "r1reward.judge.max-attempts=2",
            "r1reward.judge.retry-delay=1 ms",
            .. more,
        ];
        var configuration = Configurations.Load(null, settings, _ => null);
        return JudgeEngine.StartAsync(RunSettings.Read(configuration.Reader()), TimeProvider.System);
    }

    private static async Task<JudgeResult> Ask(JudgeEngine engine, int prompt)
    {
        var key = new WorkKey(1, WorkId.Judge(BatchId.ForStep(1), prompt, 0), 1);
        return (JudgeResult)await engine.DoAsync(new Assignment(key, new JudgeWork(Reply)), (_, _) => { }, default);
    }

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://{listener.LocalEndpoint}/v1");
    }
}
