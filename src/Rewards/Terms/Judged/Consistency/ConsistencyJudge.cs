using R1Reward.Data.Judging;
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
    private readonly AnswerReading _answer;

    /// <summary>Creates a judge on a client.</summary>
    /// <param name="client">Asks the judge.</param>
    /// <param name="maxAsks">Questions about one reply, where none is answered with a verdict.</param>
    /// <param name="reading">How the judge's replies are read.</param>
    /// <param name="answer">How the answers that it is asked about are read.</param>
    public ConsistencyJudge(
        IJudgeClient client,
        int maxAsks = JudgeOptions.DefaultMaxAsks,
        ReplyReading reading = ReplyReading.Strict,
        AnswerReading answer = AnswerReading.Strict)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxAsks, 1);
        _client = client;
        _maxAsks = maxAsks;
        _reading = reading;
        _answer = answer;
    }

    /// <summary>The verdict on one sampled reply. Failure is part of the outcome, never an exception.</summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public async Task<JudgeOutcome> GradeAsync(string reply, CancellationToken cancellationToken = default)
    {
        var prompt = ConsistencyPrompt.Render(ConsistencyQuestion.FromReply(reply, _answer));
        var use = new JudgeUse();
        var last = "";
        for (var ask = 1; ask <= _maxAsks; ask++)
        {
            var repeated = prompt with { Repetition = ask - 1 };
            var answer = await _client.AskAsync(repeated, cancellationToken).ConfigureAwait(false);
            use = use.And(answer);
            if (answer.Failure is { } failure)
            {
                return new JudgeOutcome(ConsistencyVerdict.Undecided, failure.Reason, failure, ask) { Use = use };
            }

            if (ConsistencyPrompt.ParseReply(answer.Text!, _reading, answer.CutOff) is { } verdict)
            {
                return new JudgeOutcome(verdict, null, null, ask) { Use = use };
            }

            last = answer.Excerpt;
        }

        var reason = $"none of {_maxAsks} replies of the judge is a 1 or a 0, the last: {last}";
        return new JudgeOutcome(ConsistencyVerdict.Undecided, reason, null, _maxAsks) { Use = use };
    }
}
