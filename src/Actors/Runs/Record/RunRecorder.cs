using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;
using R1Reward.Policy.Advantages;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Watch;
using Serilog;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// Writes a run's figures and traces to its folder: metrics.jsonl, traces.jsonl, timeline.jsonl, TensorBoard events,
/// summary.json, report.html.
/// </summary>
internal sealed class RunRecorder : IRunRecorder
{
    private const string Updates = "rl";
    private const string EvaluationPrefix = "eval-";

    // A run has one of these stages, whose steps are reported on their way.
    private static readonly string[] _reported = ["sft", "srm"];

    private readonly RunFolder _folder;
    private readonly TimeProvider _time;
    private readonly JsonLines _metrics;
    private readonly JsonLines _traces;
    private readonly JsonLines _timeline;
    private readonly List<WorkSpan> _spans = [];
    private readonly HashSet<string> _leftOut = [];
    private readonly HashSet<NoSignal> _skippedFor = [];
    private readonly DriftAlarms _alarms;
    private TensorBoardWriter _events;
    private bool _undecidedTold;
    private RunSummary _summary;

    // The last step of such a stage that is recorded.
    private (string Phase, int Step) _lastReported = ("", 0);

    /// <summary>Opens the files of a new or continued run.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">When figures that drift are warned of.</param>
    public RunRecorder(RunFolder folder, string name, long seed, TimeProvider time, WatchOptions? watch = null)
    {
        _folder = folder;
        _time = time;
        _alarms = new DriftAlarms(watch ?? new WatchOptions());
        Directory.CreateDirectory(folder.Root);
        _metrics = new JsonLines(folder.Metrics);
        _traces = new JsonLines(folder.Traces);
        _timeline = new JsonLines(folder.Timeline);
        _events = new TensorBoardWriter(folder.TensorBoard, time);
        _summary = RunSummary.Read(folder.Summary) ?? new RunSummary { Name = name, Seed = seed };
    }

    /// <summary>Under which condition evaluations are made; null where it is not known.</summary>
    public EvaluationCondition? Condition { get; init; }

    /// <inheritdoc/>
    public void Metrics(string phase, int step, IReadOnlyDictionary<string, double> figures)
    {
        figures = phase == Updates ? Watched(figures, step) : figures;
        if (_reported.Contains(phase))
        {
            GoBackBefore(phase, step);
        }

        var line = new JObject { ["phase"] = phase, ["step"] = step, ["time"] = _time.GetUtcNow() };
        foreach (var (name, value) in figures)
        {
            line[name] = value;
        }

        _metrics.Append(line);
        AddEvents(line);
        if (!_reported.Contains(phase))
        {
            _metrics.Sync();
        }
    }

    /// <inheritdoc/>
    public void Traces(BatchId batch, int step, IReadOnlyList<JudgedTrace> traces)
    {
        foreach (var sample in traces)
        {
            _traces.Append(TraceLine.Write(batch, step, sample));
        }

        _traces.Sync();
        WriteSpans();
        TellMostlyUndecided(batch, traces);
    }

    /// <inheritdoc/>
    public void Span(WorkSpan span) => _spans.Add(span);

    /// <inheritdoc/>
    public void LeftOut(BatchId batch, string reason)
    {
        // Held-out pairs come again in every evaluation: once is enough.
        if (_leftOut.Add(reason))
        {
            Log.Warning("{Sampling} does without {Reason}", batch.ToString(), reason);
        }
    }

    /// <inheritdoc/>
    public void Skipped(int step, NoSignal reason)
    {
        // Once for each reason; metrics.jsonl has every such update.
        if (_skippedFor.Add(reason))
        {
            var why = SkippedUpdate.Why(reason);
            Log.Warning("step {Step}: nothing was learned, the policy stays as it is: {Reason}", step, why);
        }
    }

    /// <inheritdoc/>
    public void Evaluation(string name, EvaluationFigures figures)
    {
        _summary = _summary.WithEvaluation(name, figures, Condition);
        _summary.Write(_folder.Summary);
        var scalars = new Dictionary<string, double>
        {
            ["accuracy"] = figures.Accuracy,
            ["format"] = figures.Format,
            ["length"] = figures.Length,
            ["unreadable"] = figures.Unreadable,
            ["undecided"] = figures.Undecided,
        };
        if (figures.Consistency is { } consistency)
        {
            scalars["consistency"] = consistency;
        }

        if (figures.Position is { } position)
        {
            scalars["first-share"] = position.FirstShare;
            scalars["same-response"] = position.SameResponse;
        }

        foreach (var (term, mean) in figures.Rewards)
        {
            scalars["reward/" + term] = mean;
        }

        foreach (var (figure, value) in figures.Own.Figures)
        {
            scalars["figure/" + figure] = value;
        }

        foreach (var (evaluator, problem) in figures.Own.Problems)
        {
            Log.Warning("evaluator {Evaluator} has no figures of {Evaluation}: {Problem}", evaluator, name, problem);
        }

        Metrics(EvaluationPrefix + name, 0, scalars);
    }

    /// <inheritdoc/>
    public void Scores(string name, ScoreFigures figures)
    {
        _summary = _summary.WithScores(name, figures);
        _summary.Write(_folder.Summary);
        Metrics(EvaluationPrefix + name, 0, figures.Numbers);
    }

    /// <inheritdoc/>
    public void Seconds(string stage, double seconds)
    {
        _summary = _summary.AddSeconds(stage, seconds);
        _summary.Write(_folder.Summary);
    }

    /// <inheritdoc/>
    public void CutTo(RunProgress progress)
    {
        // Figures of the cold start and of evaluations count steps of their own; traces have no phase.
        _metrics.Cut(line => (string)line["phase"]! switch
        {
            Updates => (int)line["step"]! <= progress.Step,
            var phase when phase.StartsWith(EvaluationPrefix, StringComparison.Ordinal) =>
                progress.Evaluated.Contains(phase[EvaluationPrefix.Length..]),
            _ => true,
        });
        bool Counts(BatchId batch) => batch.IsEvaluation
            ? progress.Evaluated.Contains(batch.Evaluation!)
            : batch.Step <= progress.Step;
        _traces.Cut(line => Counts(BatchId.Parse((string)line["sampling"]!)));
        _timeline.Cut(line => Counts(WorkSpan.Read(line).Work.Batch));
        _summary = _summary.WithEvaluations(progress.Evaluated);
        _summary.Write(_folder.Summary);
        foreach (var line in JsonLines.Read(_folder.Metrics))
        {
            if ((string?)line["phase"] == Updates)
            {
                // Drift is seen against the steps before, those of an earlier process too.
                _alarms.Observe(FiguresOf(line));
            }

            _lastReported = _reported.FirstOrDefault(name => name == (string?)line["phase"]) is { } phase
                ? (phase, (int)line["step"]!)
                : _lastReported;
        }

        RestartEvents();
    }

    /// <inheritdoc/>
    public void Finish()
    {
        WriteSpans();
        _summary = _summary with
        {
            Updates = UpdateCounts.From(JsonLines.Read(_folder.Metrics)),
            Unknown = UnknownCounts.From(JsonLines.Read(_folder.Traces)),
        };
        _summary.Write(_folder.Summary);
        AtomicFile.Write(_folder.Report, Report.Write(_folder));
    }

    private void WriteSpans()
    {
        _spans.ForEach(span => _timeline.Append(span.ToJson()));
        _spans.Clear();
    }

    private Dictionary<string, double> Watched(IReadOnlyDictionary<string, double> figures, int step)
    {
        foreach (var alarm in _alarms.Observe(figures))
        {
            Log.Warning("step {Step}: {Alarm}", step, alarm);
        }

        return new Dictionary<string, double>(figures) { ["watch/alarms"] = _alarms.Active };
    }

    // At once and once: the alarms wait for some steps, and a short run is over by then.
    private void TellMostlyUndecided(BatchId batch, IReadOnlyList<JudgedTrace> traces)
    {
        var asked = traces.Count(judged => judged.Verdict != ConsistencyVerdict.NotAsked);
        var undecided = traces.Where(judged => judged.Verdict == ConsistencyVerdict.Undecided).ToList();
        if (_undecidedTold || 2 * undecided.Count <= asked)
        {
            return;
        }

        _undecidedTold = true;
        Log.Warning(
            "{Sampling}: the judge decides nothing on {Undecided} of {Asked} traces, for example: {Reason}",
            batch.ToString(),
            undecided.Count,
            asked,
            undecided[0].JudgeReason ?? "its reason is not known");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
        _timeline.Dispose();
        _events.Dispose();
    }

    // What goes on from its last checkpoint reports the steps up to it again.
    private void GoBackBefore(string phase, int step)
    {
        if (phase == _lastReported.Phase && step <= _lastReported.Step)
        {
            _metrics.Cut(line => (string?)line["phase"] != phase || (int)line["step"]! < step);
            RestartEvents();
        }

        _lastReported = (phase, step);
    }

    // Events can only be added to a file: the curves are drawn anew from the metrics that are left.
    private void RestartEvents()
    {
        _events.Dispose();
        Directory.Delete(_folder.TensorBoard, recursive: true);
        _events = new TensorBoardWriter(_folder.TensorBoard, _time);
        foreach (var line in JsonLines.Read(_folder.Metrics))
        {
            AddEvents(line);
        }
    }

    private void AddEvents(JObject line)
    {
        foreach (var (name, value) in FiguresOf(line).Where(figure => figure.Key != "step"))
        {
            _events.Scalar($"{line["phase"]}/{name}", (int)line["step"]!, value, (DateTimeOffset)line["time"]!);
        }
    }

    private static Dictionary<string, double> FiguresOf(JObject line) => line.Properties()
        .Where(property => property.Value.Type is JTokenType.Float or JTokenType.Integer)
        .ToDictionary(property => property.Name, property => (double)property.Value);
}
