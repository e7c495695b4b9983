using R1Reward.Rewards.Judge;

namespace R1Reward.Rewards.Terms.Judged.Consistency;

/// <summary>
/// Asks a judge whether a reply's analysis supports its answer. A judge whose replies do not parse is asked again,
/// <see cref="JudgeOptions.MaxAsks"/> times in all; a failed call ends the question at once, since the client has
/// already retried what is worth it. Safe for concurrent use.
/// </summary>
public sealed class ConsistencyJudge
{
    private readonly IJudgeClient _client;
    private readonly int _maxAsks;
    private readonly ReplyReading _reading;
    private readonly JudgeCounters _counters = new();

    /// <summary>Creates a judge on a client.</summary>
    public ConsistencyJudge(IJudgeClient client, int maxAsks = JudgeOptions.DefaultMaxAsks, ReplyReading reading = ReplyReading.Strict)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAsks, 1);
        (_client, _maxAsks, _reading) = (client, maxAsks, reading);
    }

    /// <summary>Figures since creation.</summary>
    public JudgeMetrics Metrics => _counters.Snapshot();

    /// <summary>The verdict on one sampled reply. Failure is part of the outcome, never an exception.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<JudgeOutcome> GradeAsync(string reply, CancellationToken cancellationToken = default)
    {
        var prompt = ConsistencyPrompt.Render(ConsistencyQuestion.FromReply(reply));
        JudgeOutcome? outcome = null;
        var use = new JudgeUse();
        for (var ask = 1; outcome is null; ask++)
        {
            var answer = await _client.AskAsync(prompt with { Repetition = ask - 1 }, cancellationToken).ConfigureAwait(false);
            _counters.Count(answer);
            use = use.And(answer);
            if (answer.Failure is { } failure)
            {
                outcome = new JudgeOutcome(ConsistencyVerdict.Undecided, failure.Reason, failure, ask);
            }
            else if (ConsistencyPrompt.ParseReply(answer.Text!, _reading) is { } verdict)
            {
                outcome = new JudgeOutcome(verdict, null, null, ask);
            }
            else if (ask == _maxAsks)
            {
                outcome = new JudgeOutcome(ConsistencyVerdict.Undecided, $"none of {ask} replies of the judge is a 1 or a 0", null, ask);
            }
        }

        _counters.Count(outcome.Verdict);
        return outcome with { Use = use };
    }
}
