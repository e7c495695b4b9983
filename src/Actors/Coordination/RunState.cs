using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>Where a run is, as people see it, and how it ended. The state machine sets it.</summary>
internal sealed class RunState
{
    private readonly IRunRecorder _recorder;
    private readonly IJournal _journal;
    private readonly StageClock _clock;
    private IReadOnlyDictionary<string, double> _reported = new Dictionary<string, double>();
    private IReadOnlyDictionary<string, double> _update = new Dictionary<string, double>();

    /// <summary>Creates the state of a run that is being loaded.</summary>
    /// <param name="recorder">Gets figures as they come, and how long each stage takes.</param>
    /// <param name="journal">Says whether the run is still this coordinator's, and that it is finished.</param>
    /// <param name="time">Measures the stages.</param>
    public RunState(IRunRecorder recorder, IJournal journal, TimeProvider time)
    {
        _recorder = recorder;
        _journal = journal;
        _clock = new StageClock(time);
        _clock.Enter("load");
    }

    /// <summary>The stage. Where a batch is collected while the update before it is made, the batch's.</summary>
    public RunStage Stage { get; private set; } = RunStage.Loading;

    /// <summary>The update under way, or steps made so far in the cold start or of a scalar model.</summary>
    public int Step { get; private set; }

    /// <summary>Traces of the batch under way that have their reward.</summary>
    public int Scored { get; private set; }

    /// <summary>Traces that belong to the batch under way; 0 where there is none.</summary>
    public int Expected { get; private set; }

    /// <summary>Latest figures of the stage by name; none while an evaluation goes on, and before the first.</summary>
    public IReadOnlyDictionary<string, double> Latest => Stage switch
    {
        RunStage.ColdStart or RunStage.Scalar => _reported,
        RunStage.Evaluating => new Dictionary<string, double>(),
        _ => _update,
    };

    /// <summary>How the run ended; null while it goes on.</summary>
    public RunOutcome? Outcome { get; private set; }

    /// <summary>Why it ended; empty while it goes on.</summary>
    public string Message { get; private set; } = "";

    /// <summary>Enters a stage without a batch, whose seconds are counted under a name of its own.</summary>
    public void EnterStage(RunStage stage, string clock)
    {
        _clock.Enter(clock);
        ShowStage(stage);
        if (stage == RunStage.Scalar)
        {
            // The last step and figures are those of the cold start.
            Step = 0;
            _reported = new Dictionary<string, double>();
        }
    }

    /// <summary>Enters the collecting of a batch.</summary>
    public void EnterBatch(RolloutBatch batch)
    {
        _clock.Enter(batch.Id.IsEvaluation ? "evaluate" : "sample");
        ShowProgress(batch);
    }

    /// <summary>Shows a stage without a batch.</summary>
    public void ShowStage(RunStage stage)
    {
        Stage = stage;
        Scored = 0;
        Expected = 0;
    }

    /// <summary>Shows how far a batch is.</summary>
    public void ShowProgress(RolloutBatch batch)
    {
        SaveSeconds();
        Stage = batch.Stage;
        Step = batch.Id.IsEvaluation ? Step : batch.Id.Step;
        Scored = batch.Scored;
        Expected = batch.Expected;
    }

    /// <summary>
    /// Shows and records figures of the cold start or of a scalar model's training, the items that take long enough to
    /// report on their way. What comes when they are over is ignored.
    /// </summary>
    public void Report(WorkId id, int step, IReadOnlyDictionary<string, double> figures)
    {
        var phase = (id.Stage, Stage) switch
        {
            (WorkStage.ColdStart, RunStage.ColdStart) => "sft",
            (WorkStage.Scalar, RunStage.Scalar) => "srm",
            _ => null,
        };
        if (phase is not null)
        {
            Step = step;
            _reported = figures;
            _journal.Record(() => _recorder.Metrics(phase, step, figures));
            SaveSeconds();
        }
    }

    /// <summary>Shows the figures of an update, which are recorded already.</summary>
    public void ShowFigures(IReadOnlyDictionary<string, double> figures) => _update = figures;

    /// <summary>Ends the run because it was asked to.</summary>
    /// <param name="step">The last update that is made; null before the first.</param>
    public void EndStopped(int? step)
    {
        var where = (Stage, step) switch
        {
            (RunStage.Scalar, _) => "in the training of the scalar model",
            (_, null) => "in or after the cold start",
            _ => $"after step {step}",
        };
        End(RunOutcome.Stopped, $"stopped {where}; the same command goes on from there");
    }

    /// <summary>Ends the run after its last update.</summary>
    public void Finish(int step)
    {
        _journal.Append(JournalKind.Finished, step, record: WriteEnd);
        Show(RunOutcome.Finished, "");
    }

    /// <summary>Ends the run: writes how long each stage took, the summary and the report.</summary>
    public void End(RunOutcome outcome, string message)
    {
        _journal.Record(WriteEnd);
        Show(outcome, message);
    }

    private void WriteEnd()
    {
        WriteSeconds();
        _recorder.Finish();
    }

    // Those of a process that goes away are lost but for what is written on the way.
    private void SaveSeconds()
    {
        if (_clock.IsDue)
        {
            _journal.Record(WriteSeconds);
        }
    }

    private void WriteSeconds()
    {
        foreach (var (stage, seconds) in _clock.Take())
        {
            _recorder.Seconds(stage, seconds);
        }
    }

    private void Show(RunOutcome outcome, string message)
    {
        ShowStage(RunStage.Done);
        Outcome = outcome;
        Message = message;
    }
}
