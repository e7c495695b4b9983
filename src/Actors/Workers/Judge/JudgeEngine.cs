using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Data;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Actors.Workers.Judge;

/// <summary>
/// Asks the remote judge about traces. While it is out of reach and <c>judge.on-failure = pause</c>, items are kept and
/// asked about again, so that the run waits; with <c>without-bonus</c> they are handed in as undecided.
/// </summary>
public sealed class JudgeEngine : IWorkEngine
{
    private readonly JudgeOptions _options;
    private readonly OpenAiJudgeClient _client;
    private readonly ConsistencyJudge _judge;
    private readonly JudgeServer? _server;
    private readonly TimeProvider _time;

    private JudgeEngine(JudgeOptions options, JudgeServer? server, TimeProvider time)
    {
        (_options, _server, _time) = (options, server, time);
        _client = new OpenAiJudgeClient(options, time);
        _judge = new ConsistencyJudge(_client, options.MaxAsks, options.Reading);
    }

    /// <inheritdoc/>
    public int Capacity => _options.Concurrency * 4;

    /// <summary>
    /// Builds the engine. Where the judge will be asked, its endpoints are probed first, so that a wrong key or address ends the run
    /// before it has cost anything; without endpoints the rule judge of this program is started on loopback.
    /// </summary>
    /// <param name="settings">The run: its judge, and whether its rewards ask one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="UserErrorException">An endpoint refuses, or none answers and the run would wait for one.</exception>
    public static async Task<JudgeEngine> StartAsync(RunSettings settings, TimeProvider time)
    {
        var options = settings.Judge.Options;
        if (options.Endpoints.Length == 0)
        {
            var server = await JudgeServer.StartAsync(new JudgeServerOptions(), time);
            return new JudgeEngine(options with { Endpoints = [server.Endpoint] }, server, time);
        }

        var engine = new JudgeEngine(options, null, time);
        try
        {
            if (settings.Rewards.Consistency)
            {
                await JudgeProbe.RequireAsync(engine._client, options);
            }

            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<WorkResult> DoAsync(Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var work = (JudgeWork)item.Payload;
        var use = new JudgeUse();
        while (true)
        {
            var outcome = await _judge.GradeAsync(work.Reply, cancel);
            use = use.And(outcome.Use);
            if (outcome.Failure is { IsTransient: false } refused)
            {
                throw new UserErrorException($"the judge refuses to answer: {refused.Reason}. Check r1reward.judge.");
            }

            if (outcome.Failure is null || _options.OnFailure != JudgeFailurePolicy.Pause)
            {
                return new JudgeResult(outcome.Verdict, outcome.Reason, use);
            }

            await Task.Delay(_options.BreakFor, _time, cancel);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
