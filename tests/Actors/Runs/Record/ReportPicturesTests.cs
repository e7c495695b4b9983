using Newtonsoft.Json.Linq;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class ReportPicturesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_shows_how_sure_its_judge_is_and_whether_a_place_sways_it()
    {
        // Of a three of four votes are right: confidence 0.75. Of b all: the error is (0.25 + 0) / 2.
        var run = Run(new RunSummary { Name = "x" });
        JsonLines.Write(run.Traces,
        [
            Vote("a", PreferenceLabel.First, 1), Vote("a", PreferenceLabel.First, 1),
            Vote("a-swapped", PreferenceLabel.Second, 2), Vote("a-swapped", PreferenceLabel.Second, 1),
            Vote("b", PreferenceLabel.Second, 2), Vote("b", PreferenceLabel.Second, 2),
            Vote("b", PreferenceLabel.Second, 1, "step-3"), Vote("b", PreferenceLabel.Second, 1, "eval-sft"),
        ]);
        var page = Report.Write(run);
        Assert.Contains("expected error 12.5 % over 2 pairs", page);
        Assert.Contains("shown first 100.0 %", page);
        Assert.Contains("shown second 75.0 %", page);
        Assert.Contains("named first 50.0 %", page);
    }

    [Fact]
    public void A_scalar_models_run_shows_how_its_gaps_are_spread()
    {
        var figures = ScoreFigures.Compute([(1, 0, PreferenceLabel.First), (1, 1.5, PreferenceLabel.First)]);
        var run = Run(new RunSummary { Name = "x" }.WithScores("srm", figures));
        Assert.Equal(figures.Gaps!.Counts, RunSummary.Read(run.Summary)!.Evaluations["srm"].Gaps!.Counts);
        var page = Report.Write(run);
        Assert.Contains("mean 0.25, deviation 0.75, N 2", page);
        Assert.Contains("2 pairs scored, 0 with equal scores", page);
        Assert.Equal(14, page.Split("<rect ").Length - 1);
    }

    [Fact]
    public void A_run_without_either_has_no_such_pictures()
    {
        var page = Report.Write(Run(new RunSummary { Name = "x" }));
        Assert.DoesNotContain("<svg", page);
    }

    private RunFolder Run(RunSummary summary)
    {
        var run = new RunFolder(_folder.Path);
        summary.Write(run.Summary);
        return run;
    }

    private static JObject Vote(string pair, PreferenceLabel label, int choice, string sampling = "eval-rl") => new()
    {
        ["sampling"] = sampling, ["step"] = 3, ["pair"] = pair, ["label"] = label.ToString(), ["choice"] = choice,
    };
}
