using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Telemetry;
using R1Reward.Data.Judging;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using Serilog;

namespace R1Reward.Actors.Workers.Judge;

/// <summary>
/// Asks the judge whether the analysis of a trace supports its answer. While the judge is out of reach and
/// <c>judge.on-failure = pause</c>, items wait in <see cref="PatientJudge"/>, so that the run waits; with
/// <c>without-bonus</c> they are handed in as undecided.
/// </summary>
internal sealed class JudgeEngine : IWorkEngine
{
    // So many items per place at the judge are held, so that a place never waits for the coordinator.
    private const int ItemsPerPlace = 4;

    private readonly PatientJudge _patient;
    private readonly ConsistencyJudge _judge;
    private readonly JudgeServer? _ownServer;

    // 1 after the first undecided verdict: one is logged as an example, all are counted.
    private int _undecidedLogged;

    private JudgeEngine(JudgeOptions options, AnswerReading answer, PatientJudge patient, JudgeServer? ownServer)
    {
        _patient = patient;
        _judge = new ConsistencyJudge(patient, options.MaxAsks, options.Reading, answer);
        _ownServer = ownServer;
        Capacity = options.Concurrency * ItemsPerPlace;
    }

    /// <inheritdoc/>
    public int Capacity { get; }

    /// <inheritdoc/>
    public long Progress => _patient.Asks;

    /// <inheritdoc/>
    public string? WaitsFor => _patient.WaitsFor;

    /// <summary>
    /// Builds the engine. Where the judge will be asked, its endpoints are probed first, so that a wrong key or address
    /// ends the run before it has cost anything; without endpoints the rule judge of this program is started on
    /// loopback.
    /// </summary>
    /// <param name="settings">The run: its judge, and whether its rewards ask one.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="R1Reward.Data.UserErrorException">
    /// An endpoint refuses, or none answers and the run would wait for one.
    /// </exception>
    public static async Task<JudgeEngine> StartAsync(RunSettings settings, TimeProvider time)
    {
        var (options, answer) = (settings.Judge.Options, settings.Rewards.Answer);
        if (options.Endpoints.Length == 0)
        {
            var server = await JudgeServer.StartAsync(new JudgeServerOptions(), time);
            options = options with { Endpoints = [server.Endpoint] };
            var ownClient = new OpenAiJudgeClient(options, time);
            return new JudgeEngine(options, answer, new PatientJudge(ownClient, options, time), server);
        }

        var client = new OpenAiJudgeClient(options, time, note: note => Log.Warning("{Note}", note));
        try
        {
            if (settings.Rewards.Consistency)
            {
                await JudgeProbe.RequireAsync(client, options);
            }

            return new JudgeEngine(options, answer, new PatientJudge(client, options, time), ownServer: null);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var work = (JudgeWork)item.Payload;
        var outcome = await _judge.GradeAsync(work.Reply, cancel);
        Meters.JudgeUndecided.Add(outcome.Verdict == ConsistencyVerdict.Undecided ? 1 : 0);
        if (outcome.Verdict == ConsistencyVerdict.Undecided && Interlocked.Exchange(ref _undecidedLogged, 1) == 0)
        {
            Log.Warning(
                "the judge has given no verdict on a trace: {Reason}. Such traces get no bonus; metrics.jsonl counts " +
                "them as undecided, traces.jsonl has the reason of each",
                outcome.Reason);
        }

        return new JudgeResult(outcome.Verdict, outcome.Reason, outcome.Use);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _patient.Dispose();
        if (_ownServer is not null)
        {
            await _ownServer.DisposeAsync();
        }
    }
}
