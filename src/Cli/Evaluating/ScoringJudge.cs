using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// A scalar model: the response with the higher score is preferred. Each reply to a question is scored once, however
/// many pairs of it follow each other.
/// </summary>
/// <param name="plan">Which pairs.</param>
/// <param name="folder">Folder of the model.</param>
/// <param name="model">The model.</param>
internal sealed class ScoringJudge(EvalPlan plan, string folder, ScoreModel model) : IPairJudge
{
    private readonly List<(PreferencePair Pair, string Problem)> _notShown = [];
    private int _shown;

    /// <inheritdoc/>
    public JObject Condition => plan.Condition(folder);

    /// <inheritdoc/>
    public string? Remark => _notShown.Count == 0 ? null
        : $"{_notShown.Count} of {_notShown.Count + _shown} pairs cannot be shown to the model and are in no figure; "
            + $"the first is {_notShown[0].Pair.Id}: {_notShown[0].Problem}";

    /// <inheritdoc/>
    public async Task JudgeAsync(
        IEnumerable<PreferencePair> pairs,
        IProgress<int> progress,
        Action<PairResult, JObject> take,
        bool wereShown,
        CancellationToken cancel)
    {
        foreach (var row in OfOneQuestion(pairs))
        {
            cancel.ThrowIfCancellationRequested();
            List<string> replies = [.. row.SelectMany(pair => new[] { pair.Response1, pair.Response2 }).Distinct()];
            var (scores, problem) = await model.ScoreAsync(row[0].Question, replies, row[0].Media, cancel);
            foreach (var pair in row)
            {
                var result = PairResult.Of(pair, SuitePairs.CategoryOf(plan.Suite, pair)) with { Problem = problem };
                if (problem is null)
                {
                    _shown++;
                    result = WithScores(
                        result, scores[replies.IndexOf(pair.Response1)], scores[replies.IndexOf(pair.Response2)]);
                }
                else
                {
                    _notShown.Add((pair, problem));
                }

                take(result, JudgedLine.Write(result, pair, []));
                progress.Report(_shown + _notShown.Count);
            }
        }

        if (_shown == 0 && _notShown.Count > 0 && !wereShown)
        {
            throw new UserErrorException($"{Remark}. Choose another model, or look at the files that the pairs name.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    private PairResult WithScores(PairResult result, ScoredResponse first, ScoredResponse second) => result with
    {
        Scores = model.Heads.Index().ToDictionary(
            head => head.Item, head => new[] { first.Heads[head.Index], second.Heads[head.Index] }),
        Logit = first.Logit - second.Logit,
    };

    private static IEnumerable<List<PreferencePair>> OfOneQuestion(IEnumerable<PreferencePair> pairs)
    {
        var row = new List<PreferencePair>();
        foreach (var pair in pairs)
        {
            if (row.Count > 0 && !(row[0].Question == pair.Question && row[0].Media.SequenceEqual(pair.Media)))
            {
                yield return row;
                row = [];
            }

            row.Add(pair);
        }

        if (row.Count > 0)
        {
            yield return row;
        }
    }
}
