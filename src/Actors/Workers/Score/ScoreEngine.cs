using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs.Loading;
using R1Reward.Actors.Workers.Judge;
using R1Reward.Data;
using R1Reward.Data.Judging;
using R1Reward.Data.Prompts;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using Serilog;

namespace R1Reward.Actors.Workers.Score;

/// <summary>
/// Computes rewards: the configured terms of all traces of a prompt, and what each trace shows by itself (form, choice,
/// verdict).
/// </summary>
internal sealed class ScoreEngine : IWorkEngine
{
    private readonly RunRewards _rewards;
    private readonly RewardComposer _composer;
    private readonly PromptTemplate _template;
    private readonly AnswerReading _answer;
    private readonly PatientJudge? _judge;
    private long _done;

    private ScoreEngine(RunSettings settings, RunRewards rewards, PatientJudge? judge)
    {
        _judge = judge;
        _rewards = rewards;
        _composer = new RewardComposer(settings.Rewards.Composition, settings.Rewards.Undecided);
        _answer = settings.Rewards.Answer;
        _template = settings.Model.Template;
    }

    /// <summary>Builds the terms. Where one of them asks the judge itself, its endpoints are probed first.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="UserErrorException">
    /// With every mistake in the terms, or why the judge cannot be asked.
    /// </exception>
    public static async Task<ScoreEngine> StartAsync(RunSettings settings, TimeProvider time)
    {
        OpenAiJudgeClient? client = null;
        PatientJudge? patient = null;
        var rewards = new RunRewards(settings, OpenJudge, time);
        try
        {
            if (client is not null)
            {
                await JudgeProbe.RequireAsync(client, settings.Judge.Options);
            }

            return new ScoreEngine(settings, rewards, patient);
        }
        catch
        {
            rewards.Dispose();
            throw;
        }

        // Called while the terms are built, if one of them asks the judge.
        IJudgeClient OpenJudge(JudgeOptions options)
        {
            client = new OpenAiJudgeClient(options, time, note: note => Log.Warning("{Note}", note));
            return patient = new PatientJudge(client, options, time);
        }
    }

    /// <inheritdoc/>
    public int Capacity => 256;

    /// <inheritdoc/>
    public long Progress => Interlocked.Read(ref _done) + (_judge?.Asks ?? 0);

    /// <inheritdoc/>
    public string? WaitsFor => _judge?.WaitsFor;

    /// <inheritdoc/>
    public async Task<WorkResult> DoAsync(
        Assignment item, Action<int, IReadOnlyDictionary<string, double>> progress, CancellationToken cancel)
    {
        var work = (ScoreWork)item.Payload;
        var prompt = _template.Fill(work.Pair);
        List<RewardInput> group = [.. work.Replies.Select(reply => new RewardInput
        {
            Id = reply.Id,
            Reply = reply.Text,
            Answer = _answer,
            Tokens = reply.Tokens,
            Pair = work.Pair,
            Prompt = prompt,
            Verdict = reply.Verdict,
            JudgeReason = reply.JudgeReason,
        })];
        var suite = work.Evaluation ? _rewards.Evaluation : _rewards.Training;
        suite.Check(work.Pair);
        var terms = await suite.ScoreAsync(group, work.Late, cancel);
        Interlocked.Increment(ref _done);
        return new ScoreResult([.. group.Zip(terms, Compose)]);
    }

    private RewardBreakdown Compose(RewardInput input, IReadOnlyList<TermScore> terms) =>
        _composer.Compose(input.Judgment, input.Pair.Label!.Value, input.Verdict, input.JudgeReason, terms);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _rewards.Dispose();
        return ValueTask.CompletedTask;
    }
}
