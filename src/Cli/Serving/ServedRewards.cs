using R1Reward.Actors.Configuration.Settings;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Judge.Server;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Serving;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Terms.Registry;
using R1Reward.Rewards.Text;

namespace R1Reward.Cli.Serving;

/// <summary>
/// The rewards that a configuration describes, ready to be put on the network, with the judge that they ask.
/// </summary>
internal sealed class ServedRewards : IAsyncDisposable
{
    private readonly JudgeServer? _ruleJudge;
    private readonly OpenAiJudgeClient? _judge;
    private readonly RewardFactory _factory;

    private ServedRewards(
        RewardSettings rewards,
        JudgeOptions judge,
        JudgeServer? ruleJudge,
        AcceptedAnswers answers,
        ResponseMarker marker,
        Action<string> note)
    {
        _ruleJudge = ruleJudge;
        _judge = OpenJudge(judge, ruleJudge, note);
        _factory = new RewardFactory(new RewardServices
        {
            // The rule judge grades consistency and nothing else.
            Judge = ruleJudge is null && _judge is { } asked ? () => asked : null,
            Remote = options => new RemoteRewardClient(options, TimeProvider.System),
            Folder = rewards.Folder,
        });
        Func<string, CancellationToken, Task<JudgeOutcome>>? grade = rewards.Consistency && _judge is { } client
            ? Noted(new ConsistencyJudge(client, judge.MaxAsks, judge.Reading, rewards.Answer), note)
            : null;
        var options = new RewardServiceOptions
        {
            Marker = marker,
            Answer = rewards.Answer,
            Composition = new R1CompositionOptions { Form = rewards.Composition },
            WithoutBonus = judge.OnFailure == JudgeFailurePolicy.WithoutBonus,
        };
        try
        {
            if (rewards.NamesTerms)
            {
                var suite = _factory.Build(rewards.Terms, "r1reward.rewards.terms");
                Rewards = new TermsService(suite, answers, grade, options, note);
            }
            else
            {
                Rewards = new R1RewardService(answers, grade, options, note);
            }
        }
        catch
        {
            _factory.Dispose();
            _judge?.Dispose();
            throw;
        }
    }

    /// <summary>The rewards that are served.</summary>
    public IRemoteReward Rewards { get; }

    /// <summary>
    /// Builds the rewards; without judge endpoints the rule judge of this program is started on loopback for the
    /// consistency reward.
    /// </summary>
    /// <param name="rewards">The terms.</param>
    /// <param name="judge">The judge.</param>
    /// <param name="answers">Accepted answers, for items that bring none.</param>
    /// <param name="marker">The text after which the response begins in a decoded sequence.</param>
    /// <param name="note">Takes a sentence about each item whose prompt had to be guessed.</param>
    /// <param name="cancel">Gives up starting.</param>
    /// <exception cref="Data.UserErrorException">With every mistake in the terms.</exception>
    public static async Task<ServedRewards> StartAsync(
        RewardSettings rewards,
        JudgeOptions judge,
        AcceptedAnswers answers,
        ResponseMarker marker,
        Action<string> note,
        CancellationToken cancel = default)
    {
        var needsRuleJudge = rewards.Consistency && judge.Endpoints.Length == 0;
        var ruleJudge = needsRuleJudge
            ? await JudgeServer.StartAsync(new JudgeServerOptions(), TimeProvider.System, cancel)
            : null;
        try
        {
            return new ServedRewards(rewards, judge, ruleJudge, answers, marker, note);
        }
        catch when (ruleJudge is not null)
        {
            await ruleJudge.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _factory.Dispose();
        _judge?.Dispose();
        if (_ruleJudge is not null)
        {
            await _ruleJudge.DisposeAsync();
        }
    }

    /// <summary>Grades with the judge and notes the first missing verdict; every response lists its own.</summary>
    private static Func<string, CancellationToken, Task<JudgeOutcome>> Noted(
        ConsistencyJudge judge, Action<string> note)
    {
        var noted = 0;
        return async (reply, cancel) =>
        {
            var outcome = await judge.GradeAsync(reply, cancel);
            if (outcome.Verdict == ConsistencyVerdict.Undecided && Interlocked.Exchange(ref noted, 1) == 0)
            {
                note($"the judge has given no verdict: {outcome.Reason}. Replies name such items as undecided");
            }

            return outcome;
        };
    }

    private static OpenAiJudgeClient? OpenJudge(JudgeOptions judge, JudgeServer? ruleJudge, Action<string> note)
    {
        if (ruleJudge is not null)
        {
            judge = judge with { Endpoints = [ruleJudge.Endpoint] };
        }

        return judge.Endpoints.Length > 0 ? new OpenAiJudgeClient(judge, TimeProvider.System, note: note) : null;
    }
}
