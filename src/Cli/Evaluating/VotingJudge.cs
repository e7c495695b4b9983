using Newtonsoft.Json.Linq;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Rollout.Voting;

namespace R1Reward.Cli.Evaluating;

/// <summary>A judge that writes: K samples of each pair in each order.</summary>
/// <param name="plan">Which pairs.</param>
/// <param name="options">The model.</param>
/// <param name="votes">How many samples, and how they are drawn.</param>
internal sealed class VotingJudge(EvalPlan plan, JudgeModelOptions options, VoteOptions votes) : IPairJudge
{
    private readonly JudgeModel _model = new(options);
    private readonly ReplyForms _forms = new();

    /// <inheritdoc/>
    public JObject Condition => plan.Condition(options, _model.DType, _model.Template.Id, votes);

    /// <inheritdoc/>
    public PromptTemplate? Template => _model.Template;

    /// <inheritdoc/>
    public string? Remark => _forms.Describe(votes.Answer, _model.Template.Tags);

    /// <inheritdoc/>
    public Task JudgeAsync(
        IEnumerable<PreferencePair> pairs,
        IProgress<int> progress,
        Action<PairResult, JObject> take,
        bool wereShown,
        CancellationToken cancel)
    {
        _model.Vote(pairs, votes, progress, Take, cancel, wereShown);
        return Task.CompletedTask;

        void Take(VoteResult vote)
        {
            _forms.Add(vote);
            var result = PairResult.Of(vote.Pair, SuitePairs.CategoryOf(plan.Suite, vote.Pair)) with
            {
                AsGiven = ChoicesOf(vote, exchanged: false),
                Exchanged = ChoicesOf(vote, exchanged: true),
                Problem = vote.Problem,
            };
            take(result, JudgedLine.Write(result, vote.Pair, vote.Traces.Select(trace => trace.Text)));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();

    private static List<Choice?> ChoicesOf(VoteResult vote, bool exchanged) =>
        [.. vote.Choices.Where((_, sample) => vote.Exchanged[sample] == exchanged)];
}
