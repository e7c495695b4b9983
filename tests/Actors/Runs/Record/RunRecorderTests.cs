using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Actors.Tests.Coordination;
using R1Reward.Data.Files;
using R1Reward.Data.Judging;
using R1Reward.Policy.Advantages;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Terms.Published;
using R1Reward.Rewards.Watch;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Runs.Record;

public sealed class RunRecorderTests : IDisposable
{
    private const string Hostile = "<think><script>alert(1)</script></think><answer>1</answer>";

    private readonly TempFolder _temp = new();
    private readonly RunFolder _folder;

    public RunRecorderTests() => _folder = new RunFolder(_temp.At("run"));

    public void Dispose() => _temp.Dispose();

    [Fact]
    public void A_run_leaves_its_figures_traces_summary_and_report()
    {
        Record();

        Assert.Equal([1, 2, 3], UpdateSteps());
        Assert.Equal(["eval-sft", "step-1", "step-2"], Samplings());
        var summary = RunSummary.Read(_folder.Summary)!;
        Assert.Equal((0.75, 0.5), (summary.Evaluations["rl"].Accuracy, summary.Vote![5]));
        Assert.Equal(2.5, summary.Seconds["learn"]);
        Assert.Single(Directory.GetFiles(_folder.TensorBoard));
    }

    [Fact]
    public void The_report_shows_table_curves_and_traces_and_lets_no_text_become_markup()
    {
        Record();

        var page = File.ReadAllText(_folder.Report);

        Assert.Contains("<th>after SFT<td>75.0 %", page);
        Assert.Contains("after SFT: 4 pairs x 5 samples; unreadable 0.0 %; 2 of 2 verdicts undecided", page);
        Assert.Contains("order random, ties none, answers strict, temperature 0.7, at most 64 tokens", page);
        Assert.Contains("after SFT: consistency is unknown, as the judge decided on none of 2 samples: maybe", page);
        Assert.Contains("the judge decided nothing on 2 of 2 traces of training, for example: judge: away", page);
        Assert.Contains("<td>unknown", page);
        Assert.Contains("majority vote", page);
        Assert.Contains("<polyline class=\"c0\" points=", page);
        Assert.Contains("&lt;script&gt;alert(1)", page);
        Assert.DoesNotContain("<script", page);
    }

    [Fact]
    public void Traces_without_a_reward_are_counted_with_the_reason_of_one()
    {
        using (var recorder = Open())
        {
            var known = Traced();
            var unknown = known with
            {
                Reward = known.Reward!.WithTerms([new TermScore("sure", null, 1, "no member has a value")]),
            };
            recorder.Traces(BatchId.ForStep(1), 1, [known with { Verdict = ConsistencyVerdict.NotAsked }, unknown]);
            recorder.Traces(BatchId.ForEvaluation("rl"), 1, [unknown]);
            recorder.Finish();
        }

        var counts = RunSummary.Read(_folder.Summary)!.Unknown;

        Assert.Equal(new UnknownCounts(2, 1, 1, 1, "sure: no member has a value"), counts);
        Assert.Contains(
            "1 of 2 traces of training have no reward and were not learned from", File.ReadAllText(_folder.Report));
    }

    [Fact]
    public void A_run_without_figures_still_has_a_page()
    {
        using var recorder = Open();
        recorder.Finish();

        Assert.Contains("No evaluation yet", File.ReadAllText(_folder.Report));
    }

    [Fact]
    public void Steps_that_are_made_again_leave_no_second_line()
    {
        Record();
        using (var recorder = Open())
        {
            recorder.CutTo(MachineRun.ProgressAt(1, "sft"));
            recorder.Metrics("rl", 2, new Dictionary<string, double>());
            recorder.Seconds("learn", 1);
            recorder.Finish();
        }

        Assert.Equal([1, 2], UpdateSteps());
        Assert.Single(JsonLines.Read(_folder.Metrics), line => (string?)line["phase"] == "sft");
        Assert.Equal(["eval-sft", "step-1"], Samplings());
        Assert.Equal(3.5, RunSummary.Read(_folder.Summary)!.Seconds["learn"]);
    }

    [Fact]
    public void An_evaluation_that_the_journal_does_not_have_leaves_nothing()
    {
        Record();
        using (var recorder = Open())
        {
            recorder.CutTo(MachineRun.ProgressAt(3));
        }

        Assert.Equal(["step-1", "step-2"], Samplings());
        Assert.Equal(["sft", "rl", "rl", "rl"], Phases());
        var summary = RunSummary.Read(_folder.Summary)!;
        Assert.Empty(summary.Evaluations);
        Assert.Null(summary.Vote);
    }

    [Fact]
    public void A_cold_start_that_goes_on_from_a_checkpoint_leaves_each_step_once()
    {
        using (var recorder = Open())
        {
            foreach (var step in new[] { 1, 2, 3, 4 })
            {
                recorder.Metrics("sft", step, new Dictionary<string, double> { ["loss"] = step });
            }
        }

        using (var recorder = Open())
        {
            recorder.CutTo(new RunProgress(false, 0, null, new HashSet<string>(), false));
            foreach (var step in new[] { 1, 2, 3 })
            {
                recorder.Metrics("sft", step, new Dictionary<string, double> { ["loss"] = 10 * step });
            }
        }

        Assert.Equal([10, 20, 30], JsonLines.Read(_folder.Metrics).Select(line => (int)line["loss"]!));
        Assert.Single(Directory.GetFiles(_folder.TensorBoard));
    }

    [Fact]
    public void The_seconds_of_a_process_that_went_away_are_kept()
    {
        using (var lost = Open())
        {
            lost.Seconds("sft", 8);
            lost.Seconds("sft", 4);
            lost.Seconds("sample", 3);
        }

        using var next = Open();
        next.Seconds("sample", 5);
        next.Finish();

        var seconds = RunSummary.Read(_folder.Summary)!.Seconds;
        Assert.Equal((12.0, 8.0), (seconds["sft"], seconds["sample"]));
    }

    [Fact]
    public void Figures_of_evaluators_stand_in_summary_metrics_and_report()
    {
        using (var recorder = Open())
        {
            var own = new OwnFigures(
                new Dictionary<string, double> { ["categories/safety"] = 0.25 },
                new Dictionary<string, string> { ["mine"] = "it threw" });
            recorder.Evaluation("rl", Found with { Own = own });
            recorder.Finish();
        }

        Assert.Equal(0.25, RunSummary.Read(_folder.Summary)!.Evaluations["rl"].Figures!["categories/safety"]);
        var line = Assert.Single(JsonLines.Read(_folder.Metrics));
        Assert.Equal(0.25, (double)line["figure/categories/safety"]!);
        Assert.Contains("<th>categories/safety<td>0.25", File.ReadAllText(_folder.Report));
    }

    [Fact]
    public void A_run_without_updates_is_not_said_to_be_after_them()
    {
        using (var recorder = Open())
        {
            recorder.Evaluation("rl", Found);
            recorder.Finish();
        }

        Assert.Equal("at the end", RunSummary.Read(_folder.Summary)!.TitleOf("rl"));
        Assert.Contains("<th>at the end<td>75.0 %", File.ReadAllText(_folder.Report));
        Record();
        Assert.Equal("after RL", RunSummary.Read(_folder.Summary)!.TitleOf("rl"));
    }

    [Fact]
    public void A_run_that_is_taken_up_sees_drift_against_the_steps_before()
    {
        var figures = new Dictionary<string, double> { ["watch/length-correlation"] = 0.9 };
        RunRecorder Watching() => new(_folder, "run", 1, new ManualTime(), new WatchOptions { Window = 2 });
        using (var before = Watching())
        {
            before.Metrics("rl", 1, figures);
        }

        using var recorder = Watching();
        recorder.CutTo(MachineRun.ProgressAt(1));
        recorder.Metrics("rl", 2, figures);

        Assert.Equal([0, 1], JsonLines.Read(_folder.Metrics).Select(line => (int)line["watch/alarms"]!));
    }

    [Fact]
    public void Updates_that_learned_nothing_are_counted_in_summary_and_report()
    {
        using (var recorder = Open())
        {
            recorder.Metrics("rl", 1, new Dictionary<string, double> { ["loss"] = 1 });
            recorder.Metrics("rl", 2, new Dictionary<string, double> { ["skipped"] = 1 });
            recorder.Skipped(2, NoSignal.EqualRewards);
            recorder.Finish();
        }

        Assert.Equal(new UpdateCounts(2, 1), RunSummary.Read(_folder.Summary)!.Updates);
        Assert.Contains("1 of 2 updates learned nothing", File.ReadAllText(_folder.Report));
    }

    private IEnumerable<string?> Phases() => JsonLines.Read(_folder.Metrics).Select(line => (string?)line["phase"]);

    private IEnumerable<int> UpdateSteps() => JsonLines.Read(_folder.Metrics)
        .Where(line => (string?)line["phase"] == "rl")
        .Select(line => (int)line["step"]!);

    private IEnumerable<string?> Samplings() =>
        JsonLines.Read(_folder.Traces).Select(line => (string?)line["sampling"]);

    private void Record()
    {
        using var recorder = Open();
        recorder.Metrics("sft", 500, new Dictionary<string, double> { ["loss"] = 1 });
        for (var step = 1; step <= 3; step++)
        {
            recorder.Metrics("rl", step, new Dictionary<string, double> { ["accuracy"] = step / 4.0 });
        }

        recorder.Traces(BatchId.ForEvaluation("sft"), 0, [Traced()]);
        recorder.Traces(BatchId.ForStep(1), 1, [Traced()]);
        recorder.Traces(BatchId.ForStep(2), 2, [Traced()]);
        recorder.Evaluation("sft", Found);
        recorder.Evaluation("rl", Found);
        recorder.Seconds("learn", 2.5);
        recorder.Finish();
    }

    private static EvaluationFigures Found { get; } = new()
    {
        Pairs = 4,
        SamplesPerPair = 5,
        Accuracy = 0.75,
        Format = 1,
        Consistency = null,
        Length = 12,
        Unreadable = 0,
        Asked = 2,
        Undecided = 2,
        UndecidedReason = "maybe",
        Vote = new Dictionary<int, double> { [1] = 0.75, [5] = 0.5 },
        AnyCorrect = new Dictionary<int, double> { [1] = 0.75, [5] = 1 },
    };

    private static JudgedTrace Traced()
    {
        var pair = MachineRun.PairOf("p");
        var reward = new RewardBreakdown
        {
            Format = 1,
            Result = 1,
            Consistency = 0,
            Verdict = ConsistencyVerdict.Undecided,
            Status = JudgmentStatus.Tagged,
            Total = 1.5,
            Reasons = ["judge: away"],
        };
        var trace = MachineRun.TraceOf("t", pair, 0, Hostile);
        return new JudgedTrace(pair, 0, trace, JudgmentParser.Parse(Hostile))
        {
            Verdict = ConsistencyVerdict.Undecided,
            Reward = reward,
        };
    }

    private RunRecorder Open() => new(_folder, "run", 1, new ManualTime())
    {
        Condition = new EvaluationCondition
        {
            Order = "random",
            Ties = "none",
            Answer = "strict",
            Temperature = 0.7,
            MaxNewTokens = 64,
            Template = "compact",
            Judge = true,
        },
    };
}
