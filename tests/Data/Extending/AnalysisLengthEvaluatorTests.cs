using R1Reward.Data.Evaluation;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Tests.Extending;

public sealed class AnalysisLengthEvaluatorTests
{
    [Fact]
    public void The_example_evaluator_measures_analyses()
    {
        var pair = new PreferencePair { Id = new PairId("p"), Question = "q", Response1 = "a", Response2 = "b" };
        Judgment[] judgments = [.. new[] { "short", new string('x', 35) }.Select(analysis =>
            JudgmentParser.Parse($"<think>{analysis}</think><answer>1</answer>"))];
        var evaluator = new AnalysisLengthEvaluator(new Dictionary<string, string> { ["short"] = "10" });

        var figures = evaluator.Evaluate([new JudgedPair(pair, [], judgments)]);

        Assert.Equal((20.0, 0.5), (figures["mean"], figures["short"]));
        Assert.Empty(evaluator.Evaluate([]));
    }

    [Fact]
    public void Categories_have_an_accuracy_each()
    {
        JudgedPair Judged(string? category, int? grade, PreferenceLabel label, params string[] replies) => new(
            new PreferencePair
            {
                Id = new PairId("p"),
                Question = "q",
                Response1 = "a",
                Response2 = "b",
                Category = category,
                Difficulty = grade,
                Label = label,
            },
            [],
            [.. replies.Select(reply => JudgmentParser.Parse(reply))]);

        var figures = new CategoryEvaluator().Evaluate(
        [
            Judged("safety", 1, PreferenceLabel.First, "<answer>1</answer>", "<answer>2</answer>"),
            Judged("safety", 1, PreferenceLabel.Second, "<answer>2</answer>", "<answer>none</answer>"),
            Judged(null, 3, PreferenceLabel.Second, "<answer>2</answer>"),
            Judged("tied", null, PreferenceLabel.Tie, "<answer>2</answer>"),
        ]);

        Assert.Equal([("grade 3", 1.0), ("safety", 0.5)], figures.Select(figure => (figure.Key, figure.Value)));
    }
}
