using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Files;
using R1Reward.Rewards.Watch;
using Serilog;

namespace R1Reward.Actors.Runs.Record;

/// <summary>Writes a run's figures and traces to its folder: metrics.jsonl, traces.jsonl, TensorBoard events, summary.json, report.html.</summary>
public sealed class RunRecorder : IRunRecorder, IDisposable
{
    private readonly RunFolder _folder;
    private readonly TimeProvider _time;
    private readonly JsonLines _metrics;
    private readonly JsonLines _traces;
    private readonly TensorBoardWriter _events;
    private RunSummary _summary;
    private readonly HashSet<string> _leftOut = [];
    private readonly DriftAlarms _alarms;

    /// <summary>Opens the files of a new or continued run.</summary>
    /// <param name="folder">The run folder.</param>
    /// <param name="name">Name of the run.</param>
    /// <param name="seed">Its seed.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">When figures that drift are warned of.</param>
    public RunRecorder(RunFolder folder, string name, long seed, TimeProvider time, WatchOptions? watch = null)
    {
        _alarms = new DriftAlarms(watch ?? new WatchOptions());
        (_folder, _time) = (folder, time);
        Directory.CreateDirectory(folder.Root);
        _metrics = new JsonLines(folder.Metrics);
        _traces = new JsonLines(folder.Traces);
        _events = new TensorBoardWriter(folder.TensorBoard, time);
        _summary = RunSummary.Read(folder.Summary) ?? new RunSummary { Name = name, Seed = seed };
    }

    /// <inheritdoc/>
    public void Metrics(string phase, int step, IReadOnlyDictionary<string, double> figures)
    {
        figures = phase == "rl" ? Watched(figures, step) : figures;
        var line = new JObject { ["phase"] = phase, ["step"] = step, ["time"] = _time.GetUtcNow() };
        foreach (var (name, value) in figures)
        {
            line[name] = value;
            _events.Scalar($"{phase}/{name}", step, value);
        }

        _metrics.Append(line);
    }

    /// <inheritdoc/>
    public void Traces(BatchId batch, int step, IReadOnlyList<JudgedTrace> traces)
    {
        foreach (var sample in traces)
        {
            _traces.Append(new JObject
            {
                ["sampling"] = batch.ToString(),
                ["step"] = step,
                ["id"] = sample.Trace.Id,
                ["pair"] = sample.Pair.Id.Value,
                ["media"] = new JArray(sample.Trace.Media.Select(item => item.Path)),
                ["question"] = sample.Pair.Question,
                ["response1"] = sample.Pair.Response1,
                ["response2"] = sample.Pair.Response2,
                ["label"] = sample.Pair.Label?.ToString(),
                ["text"] = sample.Trace.Text,
                ["choice"] = (int?)sample.Judgment.Choice,
                ["status"] = sample.Judgment.Status.ToString(),
                ["tokens"] = sample.Trace.Tokens.Length,
                ["finish"] = sample.Trace.Finish.ToString(),
                ["version"] = sample.Trace.Version.Number,
                ["format"] = sample.Reward!.Format,
                ["result"] = sample.Reward.Result,
                ["consistency"] = sample.Verdict.ToString(),
                ["reward"] = sample.Reward.Total,
                ["terms"] = new JObject(sample.Reward.Terms.Select(term => new JProperty(term.Name, term.Value))),
                ["reasons"] = new JArray(sample.Reward.Reasons),
            });
        }
    }

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
    public void Evaluation(string name, EvaluationFigures figures)
    {
        _summary = _summary.WithEvaluation(name, figures);
        _summary.Write(_folder.Summary);
        var scalars = new Dictionary<string, double>
        {
            ["accuracy"] = figures.Accuracy,
            ["format"] = figures.Format,
            ["length"] = figures.Length,
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

        Metrics("eval-" + name, 0, scalars);
    }

    /// <inheritdoc/>
    public void Seconds(string stage, double seconds) => _summary = _summary.AddSeconds(stage, seconds);

    /// <inheritdoc/>
    public void TruncateAfter(int step)
    {
        bool Kept(JObject line) => (string?)line["phase"] != "rl" && line["sampling"] is null || (int)line["step"]! <= step;
        _metrics.Cut(Kept);
        _traces.Cut(Kept);
        // Drift is seen against the steps before, those of an earlier process too.
        foreach (var line in JsonLines.Read(_folder.Metrics).Where(line => (string?)line["phase"] == "rl"))
        {
            _alarms.Observe(line.Properties().Where(figure => figure.Value.Type is JTokenType.Float or JTokenType.Integer)
                .ToDictionary(figure => figure.Name, figure => (double)figure.Value));
        }
    }

    /// <inheritdoc/>
    public void Finish()
    {
        _summary.Write(_folder.Summary);
        AtomicFile.Write(_folder.Report, Report.Write(_folder));
    }

    private Dictionary<string, double> Watched(IReadOnlyDictionary<string, double> figures, int step)
    {
        foreach (var alarm in _alarms.Observe(figures))
        {
            Log.Warning("step {Step}: {Alarm}", step, alarm);
        }

        return new Dictionary<string, double>(figures) { ["watch/alarms"] = _alarms.Active };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _metrics.Dispose();
        _traces.Dispose();
        _events.Dispose();
    }
}
