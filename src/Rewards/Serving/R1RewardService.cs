using System.Collections.Immutable;
using R1Reward.Rewards.Remote;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Format;
using R1Reward.Rewards.Terms.Judged.Consistency;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Terms.Result;

namespace R1Reward.Rewards.Serving;

/// <summary>
/// The R1 reward of judgments for a reward server: format, result against the accepted answers, and the judge's word on
/// consistency, which is sought only where it can change the reward. The accepted answer comes with the item or from
/// the data file.
/// </summary>
/// <param name="answers">The accepted answers of the data file.</param>
/// <param name="judge">Grades one reply; null: no judge is asked.</param>
/// <param name="options">How rewards are made.</param>
/// <param name="note">Takes a sentence about each item whose prompt had to be guessed.</param>
public sealed class R1RewardService(
    AcceptedAnswers answers,
    Func<string, CancellationToken, Task<JudgeOutcome>>? judge,
    RewardServiceOptions options,
    Action<string> note) : IRemoteReward
{
    /// <inheritdoc/>
    public async Task<RemoteScores> ScoreAsync(
        IReadOnlyList<RemoteItem> items, CancellationToken cancellationToken = default)
    {
        var known = new List<(string Reply, ImmutableArray<string> Accepted)>();
        for (var i = 0; i < items.Count; i++)
        {
            if (options.ResponseOf(items[i]) is not { } reply)
            {
                return RemoteScores.BadItem(
                    $"item {i} has no response: send it in query, or in extra.response of /compute");
            }

            if (answers.Get(items[i], note) is not { } accepted)
            {
                return RemoteScores.BadItem(
                    $"item {i} has no accepted answer: send references, or start the server with the data file");
            }

            known.Add((reply, accepted));
        }

        var asked = known.Select(item => ScoreAsync(item.Reply, item.Accepted, cancellationToken));
        var scores = await Task.WhenAll(asked).ConfigureAwait(false);
        return scores.FirstOrDefault(score => score.Failure is not null).Failure is { } failure
            ? RemoteScores.Failed(failure)
            : RemoteScores.From(scores.Select(score => score.Reward)) with
            {
                // Whether an answer is accepted; whether the judge agrees is not known of every item.
                Accuracies = [.. scores.Select(score => score.Result)],
                Parts = new Dictionary<string, ImmutableArray<double>>
                {
                    ["format"] = [.. scores.Select(score => score.Format)],
                    ["result"] = [.. scores.Select(score => score.Result)],
                },
                Undecided = Enumerable.Range(0, scores.Length)
                    .Where(i => scores[i].Undecided is not null)
                    .ToDictionary(i => i, i => scores[i].Undecided!),
            };
    }

    private async Task<(double Reward, double Result, double Format, string? Undecided, string? Failure)> ScoreAsync(
        string reply, ImmutableArray<string> accepted, CancellationToken cancellationToken)
    {
        var format = FormatReward.Score(reply);
        var result = ResultReward.Score(reply, accepted);
        var verdict = ConsistencyVerdict.NotAsked;
        string? undecided = null;
        if (judge is not null && result > 0.0 && options.Composition.ConsistencyWeight != 0.0)
        {
            var outcome = await judge(reply, cancellationToken).ConfigureAwait(false);
            if (options.Fails(outcome))
            {
                return (0.0, result, format, null, $"the judge did not answer: {outcome.Failure!.Reason}");
            }

            verdict = outcome.Verdict;
            undecided = outcome.Reason;
        }

        var reward = R1Composition.Total(options.Composition, result, format, verdict);
        return (reward, result, format, undecided, null);
    }
}
