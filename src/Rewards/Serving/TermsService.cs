using System.Collections.Immutable;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Text;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// The configured reward terms for a reward server: the weighted sum of their values. Items of one prompt are a group. What a request cannot
/// bring is not made up: media on other machines are not read, and terms that count tokens are refused.
/// </summary>
public sealed class TermsService : IRemoteReward
{
    private readonly RewardSuite _suite;
    private readonly AcceptedAnswers _answers;
    private readonly Func<string, CancellationToken, Task<JudgeOutcome>>? _judge;
    private readonly R1RewardServiceOptions _options;
    private readonly Action<string> _note;

    /// <summary>Creates a service.</summary>
    /// <param name="suite">The terms.</param>
    /// <param name="answers">The accepted answers of the data file, for items that bring none.</param>
    /// <param name="judge">Grades the consistency of one reply; null: no judge is asked.</param>
    /// <param name="options">How responses are found, and what a judge out of reach means.</param>
    /// <param name="note">Takes a sentence about each item whose prompt had to be guessed.</param>
    /// <exception cref="UserErrorException">A term counts tokens.</exception>
    public TermsService(
        RewardSuite suite, AcceptedAnswers answers, Func<string, CancellationToken, Task<JudgeOutcome>>? judge, R1RewardServiceOptions options, Action<string> note)
    {
        if (suite.Terms.FirstOrDefault(term => term.Reward.Required.HasFlag(RewardField.Tokens)) is { } counting)
        {
            throw new UserErrorException(
                $"r1reward.rewards.terms: {counting.Definition.Name} counts tokens (length, overlong), which requests do " +
                "not bring. Take it out of the terms that are served.");
        }

        _suite = suite;
        _answers = answers;
        _judge = judge;
        _options = options;
        _note = note;
    }

    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var groups = Enumerable.Range(0, items.Count).GroupBy(i => items[i].Prompt, StringComparer.Ordinal).Select(group => group.ToList()).ToList();
        var scored = await Task.WhenAll(groups.Select(places => ScoreGroupAsync([.. places.Select(i => (i, items[i]))], cancellationToken))).ConfigureAwait(false);
        if (scored.Select(group => group.Failed).OfType<RemoteScores>().FirstOrDefault() is { } failed)
        {
            return failed;
        }

        var rewards = new double[items.Count];
        foreach (var (places, (totals, _)) in groups.Zip(scored))
        {
            for (var i = 0; i < places.Count; i++)
            {
                rewards[places[i]] = totals[i];
            }
        }

        return RemoteScores.Of(rewards);
    }

    private async Task<(ImmutableArray<double> Totals, RemoteScores? Failed)> ScoreGroupAsync(IReadOnlyList<(int Place, RemoteItem Item)> group, CancellationToken cancellationToken)
    {
        var inputs = new List<RewardInput>();
        foreach (var (place, item) in group)
        {
            if ((item.Response ?? (item.Sequence is { } sequence ? ResponseText.Scored(_options.Marker, sequence) : null)) is not { } reply)
            {
                return ([], Fault($"item {place} has no response: send it in query, or in extra.response of /compute"));
            }

            // Token counts are not known here; the constructor has refused the terms that read them.
            inputs.Add(new RewardInput { Id = $"item {place}", Reply = reply, Tokens = 0, Pair = PairOf(item) });
        }

        try
        {
            inputs.ForEach(input => _suite.Check(input.Pair));
        }
        catch (UserErrorException missing)
        {
            return ([], Fault(missing.Message));
        }

        if (_judge is not null && _suite.Required.HasFlag(RewardField.Verdict))
        {
            var outcomes = await Task.WhenAll(inputs.Select(input =>
                input.Judgment.Choice is null ? Task.FromResult<JudgeOutcome?>(null) : AskAsync(input.Reply, cancellationToken))).ConfigureAwait(false);
            if (outcomes.FirstOrDefault(outcome => outcome?.Failure is { } failure && !(failure.IsTransient && _options.WithoutBonus)) is { } away)
            {
                return ([], RemoteScores.Failed($"the judge did not answer: {away.Reason}"));
            }

            inputs = [.. inputs.Select((input, i) => outcomes[i] is { } outcome ? input with { Verdict = outcome.Verdict, JudgeReason = outcome.Reason } : input)];
        }

        IReadOnlyList<IReadOnlyList<TermScore>> scores;
        try
        {
            scores = await _suite.ScoreAsync(inputs, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (Exception wrong) when (wrong is UserErrorException or InvalidOperationException)
        {
            // What would end a run, such as a class of the user's that throws, fails the request.
            return ([], RemoteScores.Failed(wrong.Message));
        }

        return !_options.WithoutBonus && scores.SelectMany(terms => terms).FirstOrDefault(term => term.Value is null) is { } unknown
            ? ([], RemoteScores.Failed($"{unknown.Name}: {unknown.Reason}"))
            : ([.. scores.Select(TermScore.Total)], null);
    }

    private async Task<JudgeOutcome?> AskAsync(string reply, CancellationToken cancellationToken) => await _judge!(reply, cancellationToken).ConfigureAwait(false);

    private static RemoteScores Fault(string reason) => RemoteScores.Failed(reason) with { ItemsAtFault = true };

    private PreferencePair PairOf(RemoteItem item)
    {
        var accepted = _answers.For(item, _note) ?? [];
        var choices = accepted.Select(answer => JudgmentParser.Parse(answer).Choice).Distinct().ToArray();
        return (R1RewardRow.FromMessage(item.Prompt) ?? new PreferencePair { Id = new PairId("message"), Question = item.Prompt, Response1 = "", Response2 = "" }) with
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
