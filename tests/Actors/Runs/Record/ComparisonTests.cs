using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class ComparisonTests : IDisposable
{
    private readonly TempFolder _temp = new();

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void Runs_stand_side_by_side_and_what_one_does_not_have_is_empty()
    {
        var comparison = new Comparison([Run("calm", 0.5, updates: 3), Run("wild<b>", 0.75, updates: 0)]);

        var rows = comparison.Rows.ToDictionary(row => row.Title, row => row.Cells);

        Assert.Equal(["calm", "wild<b>"], comparison.Names);
        Assert.Equal(["50.0 %", ""], rows["after SFT: accuracy"]);
        Assert.Equal(["50.0 %", "75.0 %"], rows["at the end: accuracy"]);
        Assert.Equal(["60.0 %", "60.0 %"], rows["majority of 5"]);
        Assert.Equal(["90.0 %", "90.0 %"], rows["any correct of 5"]);
    }

    [Fact]
    public void The_page_has_a_line_for_each_run_that_has_the_figure()
    {
        var page = new Comparison([Run("calm", 0.5, updates: 3), Run("wild<b>", 0.75, updates: 4)]).Write();

        Assert.Contains("2 runs side by side", page);
        Assert.DoesNotContain("<b>", page);
        Assert.Equal(2, Lines("Policy loss"));
        Assert.Equal(4, Lines("Accuracy by samples of a pair"));
        Assert.Equal(2, Lines("Training accuracy (sampled)"));
        Assert.Contains("wild&lt;b&gt;, any correct 90 %", page);

        int Lines(string title) => page.Split("<figcaption>").Single(figure => figure.StartsWith(title))
            .Split("</figure>")[0].Split("<polyline").Length - 1;
    }

    [Fact]
    public void Runs_whose_answers_were_read_differently_stand_in_no_table_together()
    {
        RecordedRun Reads(string name, string answer)
        {
            var condition = $$"""{"answer": "{{answer}}"}""";
            Directory.CreateDirectory(_temp.At(name));
            File.WriteAllText(
                _temp.At(name, "summary.json"), $$"""{"sft": {"accuracy": 0.5, "condition": {{condition}} } }""");
            return new RecordedRun(new RunFolder(_temp.At(name)));
        }

        new Comparison([Reads("a", "strict"), Reads("b", "strict")]).RequireOneReading();
        var error = Assert.Throws<UserErrorException>(
            () => new Comparison([Reads("c", "strict"), Reads("d", "lenient")]).RequireOneReading());

        Assert.Contains("(c strict, d lenient)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, new[] { 0, 0.5, 1 })]
    [InlineData(0.61, 0.97, new[] { 0.7, 0.8, 0.9 })]
    [InlineData(1, 20, new double[] { 5, 10, 15, 20 })]
    [InlineData(3, 3, new double[] { 3 })]
    public void Axes_have_round_numbers(double low, double high, double[] expected) =>
        Assert.Equal(expected, AxisTicks.Within(low, high).Select(tick => Math.Round(tick, 6)));

    private RecordedRun Run(string name, double accuracy, int updates)
    {
        var folder = new RunFolder(_temp.At(name));
        using (var recorder = new RunRecorder(folder, name, 1, new ManualTime()))
        {
            for (var step = 1; step <= updates; step++)
            {
                recorder.Metrics("rl", step, new Dictionary<string, double> { ["accuracy"] = 0.5, ["loss"] = step });
            }

            var found = new EvaluationFigures
            {
                Pairs = 4,
                SamplesPerPair = 5,
                Accuracy = accuracy,
                Format = 1,
                Consistency = null,
                Length = 12,
                Unreadable = 0,
                Undecided = 0,
                Vote = new Dictionary<int, double> { [1] = 0.5, [5] = 0.6 },
                AnyCorrect = new Dictionary<int, double> { [1] = 0.5, [5] = 0.9 },
            };
            if (updates > 0)
            {
                recorder.Evaluation("sft", found);
            }

            recorder.Evaluation("rl", found);
            recorder.Finish();
        }

        return new RecordedRun(folder);
    }
}
