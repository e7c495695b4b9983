using Newtonsoft.Json.Linq;
using R1Reward.Cli.Evaluating;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Evaluating;

public sealed class EvalRunTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static SuitePairs Pairs => new(5, Enumerable.Range(0, 5).Select(index => new PreferencePair
    {
        Id = new PairId($"p{index}"), Question = "q", Response1 = "a", Response2 = "b", Label = PreferenceLabel.First,
    }));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_evaluation_that_is_stopped_keeps_what_is_judged_and_goes_on_with_the_rest()
    {
        using (var folder = EvalFolder.Open(_folder.Path, FakeJudge.Asked))
        {
            Assert.Null(await EvalRun.JudgeAsync(Pairs, new FakeJudge(stopAfter: 3), folder));
        }

        var judge = new FakeJudge(stopAfter: 99);
        using var again = EvalFolder.Open(_folder.Path, FakeJudge.Asked);
        var results = await EvalRun.JudgeAsync(Pairs, judge, again);
        Assert.Equal(["p3", "p4"], judge.Judged);
        Assert.Equal(["p0", "p1", "p2", "p3", "p4"], results!.Select(result => result.Id));
        Assert.True(judge.KnewOfOthers);
        Assert.Empty((await JudgedAgain(again)).Judged);
    }

    [Fact]
    public async Task Without_a_folder_all_pairs_are_judged()
    {
        var judge = new FakeJudge(stopAfter: 99);
        Assert.Equal(5, (await EvalRun.JudgeAsync(Pairs, judge, null))!.Count);
        Assert.False(judge.KnewOfOthers);
    }

    private static async Task<FakeJudge> JudgedAgain(EvalFolder folder)
    {
        var judge = new FakeJudge(stopAfter: 99);
        Assert.Equal(5, (await EvalRun.JudgeAsync(Pairs, judge, folder))!.Count);
        return judge;
    }

    private sealed class FakeJudge(int stopAfter) : IPairJudge
    {
        public static JObject Asked => new() { ["suite"] = "dataset", ["model"] = "fake" };

        public List<string> Judged { get; } = [];

        public bool KnewOfOthers { get; private set; }

        public JObject Condition => Asked;

        public PromptTemplate? Template => null;

        public string? Remark => null;

        public Task JudgeAsync(
            IEnumerable<PreferencePair> pairs,
            IProgress<int> progress,
            Action<PairResult, JObject> take,
            bool wereShown,
            CancellationToken cancel)
        {
            KnewOfOthers = wereShown;
            foreach (var pair in pairs)
            {
                if (Judged.Count == stopAfter)
                {
                    throw new OperationCanceledException();
                }

                Judged.Add(pair.Id.Value);
                var result = PairResult.Of(pair, "x") with { AsGiven = [Choice.First] };
                take(result, JudgedLine.Write(result, pair, ["reply"]));
            }

            return Task.CompletedTask;
        }

        public void Dispose()
        {
        }
    }
}
