using System.Collections.Immutable;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// The configured reward terms for a reward server: the weighted sum of their values. Items of one prompt are a group;
/// an item without a prompt is one by itself.
/// What a request cannot bring is not made up: media on other machines are not read, and terms that count tokens are
/// refused.
/// </summary>
public sealed class TermsService : IRemoteReward
{
    private readonly RewardSuite _suite;
    private readonly AcceptedAnswers _answers;
    private readonly Func<string, CancellationToken, Task<JudgeOutcome>>? _judge;
    private readonly RewardServiceOptions _options;
    private readonly Action<string> _note;

    /// <summary>Creates a service of some terms.</summary>
    /// <param name="suite">The terms.</param>
    /// <param name="answers">The accepted answers of the data file, for items that bring none.</param>
    /// <param name="judge">Grades the consistency of one reply; null: no judge is asked.</param>
    /// <param name="options">How responses are found, and what a judge out of reach means.</param>
    /// <param name="note">Takes a sentence about each item whose prompt had to be guessed.</param>
    /// <exception cref="UserErrorException">A term counts tokens.</exception>
    public TermsService(
        RewardSuite suite,
        AcceptedAnswers answers,
        Func<string, CancellationToken, Task<JudgeOutcome>>? judge,
        RewardServiceOptions options,
        Action<string> note)
    {
        if (suite.Terms.FirstOrDefault(term => term.Reward.Required.HasFlag(RewardField.Tokens)) is { } counting)
        {
            throw new UserErrorException(
                $"r1reward.rewards.terms: {counting.Definition.Name} counts tokens (length, overlong), which " +
                "requests do not bring. Take it out of the terms that are served.");
        }

        _suite = suite;
        _answers = answers;
        _judge = judge;
        _options = options;
        _note = note;
    }

    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var groups = Enumerable.Range(0, items.Count)
            .GroupBy(i => items[i].Prompt.Length > 0 ? (items[i].Prompt, 0) : ("", i))
            .Select(group => group.ToList())
            .ToList();
        var asked = groups.Select(places => ScoreGroupAsync(items, places, cancellationToken));
        var scored = await Task.WhenAll(asked).ConfigureAwait(false);
        if (scored.FirstOrDefault(group => group.Failure is not null) is { } failed)
        {
            return failed;
        }

        var rewards = new double[items.Count];
        var parts = (scored.FirstOrDefault()?.Parts.Keys ?? [])
            .Where(name => scored.All(group => group.Parts.ContainsKey(name)))
            .ToDictionary(name => name, _ => new double[items.Count]);
        var undecided = new Dictionary<int, string>();
        foreach (var (places, scores) in groups.Zip(scored))
        {
            for (var i = 0; i < places.Count; i++)
            {
                rewards[places[i]] = scores.Rewards[i];
                foreach (var (name, values) in parts)
                {
                    values[places[i]] = scores.Parts[name][i];
                }

                if (scores.Undecided.TryGetValue(i, out var reason))
                {
                    undecided[places[i]] = reason;
                }
            }
        }

        return RemoteScores.From(rewards) with
        {
            Undecided = undecided,
            Parts = parts.ToDictionary(part => part.Key, part => part.Value.ToImmutableArray()),
        };
    }

    /// <summary>Scores the items of one prompt, which stand at some places of the request.</summary>
    private async Task<RemoteScores> ScoreGroupAsync(
        IReadOnlyList<RemoteItem> items, IReadOnlyList<int> places, CancellationToken cancellationToken)
    {
        var group = new List<RewardInput>();
        foreach (var place in places)
        {
            if (_options.ResponseOf(items[place]) is not { } reply)
            {
                return RemoteScores.BadItem(
                    $"item {place} has no response: send it in query, or in extra.response of /compute");
            }

            // Token counts are not known here; the constructor has refused the terms that read them.
            var pair = PairOf(items[place]);
            group.Add(new RewardInput
            {
                Id = $"item {place}",
                Reply = reply,
                Answer = _options.Answer,
                Tokens = 0,
                Pair = pair,
            });
        }

        try
        {
            group.ForEach(input => _suite.Check(input.Pair));
        }
        catch (UserErrorException missing)
        {
            return RemoteScores.BadItem(missing.Message);
        }

        if (_judge is not null && _suite.Required.HasFlag(RewardField.Verdict))
        {
            var outcomes = await JudgeAsync(_judge, group, cancellationToken).ConfigureAwait(false);
            if (outcomes.OfType<JudgeOutcome>().FirstOrDefault(_options.Fails) is { } failed)
            {
                return RemoteScores.Failed($"the judge did not answer: {failed.Reason}");
            }

            group = [.. group.Zip(outcomes, WithVerdict)];
        }

        return await ScoreTermsAsync(group, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The judge's outcome on each reply; null for a reply that names no response: it is not asked.</summary>
    private static Task<JudgeOutcome?[]> JudgeAsync(
        Func<string, CancellationToken, Task<JudgeOutcome>> judge,
        IEnumerable<RewardInput> group,
        CancellationToken cancellationToken)
    {
        return Task.WhenAll(group.Select(AskAsync));

        async Task<JudgeOutcome?> AskAsync(RewardInput input) => input.Judgment.Choice is null
            ? null
            : await judge(input.Reply, cancellationToken).ConfigureAwait(false);
    }

    private static RewardInput WithVerdict(RewardInput input, JudgeOutcome? outcome) => outcome is null
        ? input
        : input with { Verdict = outcome.Verdict, JudgeReason = outcome.Reason };

    private async Task<RemoteScores> ScoreTermsAsync(
        IReadOnlyList<RewardInput> group, CancellationToken cancellationToken)
    {
        IReadOnlyList<IReadOnlyList<TermScore>> scores;
        try
        {
            scores = await _suite.ScoreAsync(group, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is UserErrorException or InvalidOperationException)
        {
            // What would end a run, such as a class of the user's that throws, fails the request.
            return RemoteScores.Failed(error.Message);
        }

        var unknown = scores.SelectMany(terms => terms).FirstOrDefault(term => term.Value is null);
        if (unknown is not null && !_options.WithoutBonus)
        {
            return RemoteScores.Failed($"{unknown.Name}: {unknown.Reason}");
        }

        return RemoteScores.From(scores.Select(TermScore.Total)) with
        {
            Undecided = WithoutValue(group, scores),
            Parts = PartsOf(scores),
        };
    }

    /// <summary>The terms that have a value for every item: a missing one is no number.</summary>
    private Dictionary<string, ImmutableArray<double>> PartsOf(IReadOnlyList<IReadOnlyList<TermScore>> scores) =>
        _suite.Terms.Index()
            .Where(term => scores.All(terms => terms[term.Index].Value is not null))
            .ToDictionary(
                term => term.Item.Definition.Name,
                term => scores.Select(terms => terms[term.Index].Value!.Value).ToImmutableArray());

    /// <summary>Why items have no verdict, or some term of theirs has no value, by their place in the group.</summary>
    private static Dictionary<int, string> WithoutValue(
        IReadOnlyList<RewardInput> group, IReadOnlyList<IReadOnlyList<TermScore>> scores)
    {
        var reasons = group.Select((input, i) => scores[i]
            .Where(term => term.Value is null)
            .Select(term => $"{term.Name}: {term.Reason}")
            .FirstOrDefault() ?? (input.Verdict == ConsistencyVerdict.Undecided ? input.JudgeReason : null));
        return reasons
            .Select((reason, i) => (Place: i, Reason: reason))
            .Where(item => item.Reason is not null)
            .ToDictionary(item => item.Place, item => item.Reason!);
    }

    private PreferencePair PairOf(RemoteItem item)
    {
        var accepted = _answers.Get(item, _note) ?? [];
        var choices = accepted.Select(JudgmentParser.Accepted).Distinct().ToArray();
        var pair = R1RewardRow.FromMessage(item.Prompt) ?? new PreferencePair
        {
            Id = new PairId("message"),
            Question = item.Prompt,
            Response1 = "",
            Response2 = "",
        };
        return pair with
        {
            Reference = accepted is [var only] ? only : null,
            Label = choices switch
            {
                [Choice.First] => PreferenceLabel.First,
                [Choice.Second] => PreferenceLabel.Second,
                [Choice.First, Choice.Second] or [Choice.Second, Choice.First] => PreferenceLabel.Tie,
                _ => null,
            },
        };
    }
}
