using Newtonsoft.Json.Linq;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// A scalar model: the response with the higher score is preferred. Each reply to a question is scored once, however
/// many pairs of it follow each other.
/// </summary>
/// <param name="plan">Which pairs.</param>
/// <param name="options">How the model was asked for.</param>
/// <param name="model">The model.</param>
internal sealed class ScoringJudge(EvalPlan plan, JudgeModelOptions options, ScoreModel model) : IPairJudge
{
    private (PairId Pair, string Problem) _firstNotShown;
    private int _notShown;
    private int _shown;

    /// <inheritdoc/>
    public JObject Condition => plan.Condition(options, model.DType);

    /// <inheritdoc/>
    public PromptTemplate? Template => null;

    /// <inheritdoc/>
    public string? Remark => _notShown == 0 ? null
        : $"{_notShown} of {_notShown + _shown} pairs cannot be shown to the model and are in no figure; "
            + $"the first is {_firstNotShown.Pair}: {_firstNotShown.Problem}";

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
            var replies = RepliesOf(row);
            var asked = new ResponseRow(row[0].Question, [.. replies.Values.Select(reply => reply.Text)], row[0].Media)
            {
                ResponseMedia = row.Any(pair => pair.AnswersWithMedia())
                    ? [.. replies.Values.Select(reply => reply.Media)]
                    : [],
            };
            var (scores, problem) = await model.ScoreAsync(asked, cancel);
            foreach (var pair in row)
            {
                var result = PairResult.Of(pair, SuitePairs.CategoryOf(plan.Suite, pair)) with { Problem = problem };
                if (problem is null)
                {
                    _shown++;
                    result = WithScores(
                        result,
                        scores[replies.IndexOf(KeyOf(pair.Response1, pair.Media1))],
                        scores[replies.IndexOf(KeyOf(pair.Response2, pair.Media2))]);
                }
                else if (_notShown++ == 0)
                {
                    _firstNotShown = (pair.Id, problem);
                }

                take(result, JudgedLine.Write(result, pair, []));
                progress.Report(_shown + _notShown);
            }
        }

        if (_shown == 0 && _notShown > 0 && !wereShown)
        {
            throw new UserErrorException($"{Remark}. Choose another model, or look at the files that the pairs name.");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => model.Dispose();

    // Pairs of one question share replies, each of which is scored once.
    private static OrderedDictionary<string, (string Text, IReadOnlyList<MediaItem> Media)> RepliesOf(
        List<PreferencePair> row)
    {
        var replies = new OrderedDictionary<string, (string Text, IReadOnlyList<MediaItem> Media)>();
        foreach (var pair in row)
        {
            replies.TryAdd(KeyOf(pair.Response1, pair.Media1), (pair.Response1, pair.Media1));
            replies.TryAdd(KeyOf(pair.Response2, pair.Media2), (pair.Response2, pair.Media2));
        }

        return replies;
    }

    private static string KeyOf(string text, IReadOnlyList<MediaItem> media) =>
        string.Join('\0', media.Select(item => item.Path).Prepend(text));

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
