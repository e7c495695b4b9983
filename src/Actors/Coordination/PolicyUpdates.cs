using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// The policy's way from version to version: which weights are the newest, and which of them a checkpoint holds.
/// </summary>
/// <remarks>
/// The updates consume whole batches of traces with their rewards, and produce the next weights and the figures of each
/// update. They wait for the learner, one update at a time, and are unblocked by its result.
/// </remarks>
internal sealed class PolicyUpdates
{
    private readonly RunPlan _plan;
    private readonly WorkLedger _ledger;
    private readonly IJournal _journal;
    private readonly IRunRecorder _recorder;
    private readonly IBatchPublisher _publisher;
    private readonly ICheckpoints _checkpoints;
    private readonly RunState _state;
    private RolloutBatch? _learning;
    private string? _checkpoint;
    private bool _isLearnerLeaving;
    private int _skipped;

    /// <summary>Creates the updates of a run that begins or is resumed.</summary>
    /// <param name="plan">What the run consists of.</param>
    /// <param name="progress">How far the run is.</param>
    /// <param name="start">The weights of the update where it goes on.</param>
    /// <param name="ledger">Where the learner's work goes.</param>
    /// <param name="journal">Where it is noted what has been learned.</param>
    /// <param name="recorder">Where figures and traces go.</param>
    /// <param name="publisher">Makes batches available to the learner.</param>
    /// <param name="checkpoints">Where checkpoints go.</param>
    /// <param name="state">Shows what is under way.</param>
    public PolicyUpdates(
        RunPlan plan,
        RunProgress progress,
        WeightsReference start,
        WorkLedger ledger,
        IJournal journal,
        IRunRecorder recorder,
        IBatchPublisher publisher,
        ICheckpoints checkpoints,
        RunState state)
    {
        _plan = plan;
        _ledger = ledger;
        _journal = journal;
        _recorder = recorder;
        _publisher = publisher;
        _checkpoints = checkpoints;
        _state = state;
        IsColdStartDue = plan.ColdStart && !progress.ColdStartDone;
        Step = progress.Step;
        SavedStep = progress.SavedStep;
        _checkpoint = progress.Checkpoint;
        Weights = start;
    }

    /// <summary>Whether the cold start is still to be made.</summary>
    public bool IsColdStartDue { get; private set; }

    /// <summary>The newest weights, by which the next prompts are sampled.</summary>
    public WeightsReference Weights { get; private set; }

    /// <summary>Updates that are made.</summary>
    public int Step { get; private set; }

    /// <summary>The last update that a checkpoint holds; those after it are lost with the learner.</summary>
    public int SavedStep { get; private set; }

    /// <summary>Whether a checkpoint holds every update.</summary>
    public bool IsSaved => SavedStep == Step;

    /// <summary>Whether the learner is at work.</summary>
    public bool UnderWay => _learning is not null;

    /// <summary>Whether the learner writes a checkpoint of the last update, after which the run ends.</summary>
    public bool IsSaving { get; private set; }

    /// <summary>Whether the next update is the last one if it learns nothing either.</summary>
    public bool IsOnTheVerge => _plan.GiveUpAfter > 0 && _skipped + 1 >= _plan.GiveUpAfter;

    /// <summary>Has the cold start made.</summary>
    public void BeginColdStart()
    {
        _journal.Append(JournalKind.ColdStartBegun);
        _state.EnterStage(RunStage.ColdStart, "sft");
        _ledger.Add(WorkId.ColdStart, new SftWork(Weights));
    }

    /// <summary>Takes the weights of the cold start as version 0.</summary>
    public void Complete(SftResult coldStart)
    {
        var checkpoint = CheckpointClaim.NameOf(coldStart.Checkpoint);
        _journal.Append(
            JournalKind.ColdStartDone,
            checkpoint: checkpoint,
            record: () => _checkpoints.Keep(coldStart.Checkpoint));
        Weights = _checkpoints.Publish(checkpoint, 0);
        IsColdStartDue = false;
    }

    /// <summary>Publishes a batch that has all its rewards and has the learner make the update.</summary>
    /// <exception cref="InvalidOperationException">Its traces are of older weights than the plan allows, or of
    /// several.</exception>
    public void Begin(RolloutBatch batch, bool checkpoint)
    {
        CheckStaleness(batch);
        _learning = batch;
        var step = batch.Id.Step;
        var published = _publisher.PublishBatch(_ledger.Epoch, step, batch.Traces);
        var work = new LearnWork(step, published, Weights, checkpoint || _isLearnerLeaving);
        _ledger.Add(WorkId.Learn(batch.Id), work, Weights.Blob.Node);
        _state.EnterStage(RunStage.Learning, "learn");
    }

    /// <summary>
    /// Takes in the new weights and shows the figures of the update. The last of too many updates that learned nothing
    /// ends the run.
    /// </summary>
    public void Complete(WorkId id, LearnResult result)
    {
        if (_learning is not { } batch || batch.Id != id.Batch)
        {
            throw new InvalidOperationException($"result of {id}, which nothing waits for");
        }

        var step = batch.Id.Step;
        _learning = null;
        _skipped = result.SkippedFor is null ? 0 : _skipped + 1;
        var figures = Figures(batch, result);
        Journal(batch, result, figures);
        Step = step;
        if (result.Checkpoint is { } claimed)
        {
            Saved(CheckpointClaim.NameOf(claimed));
        }

        Weights = result.Weights;
        _state.ShowFigures(figures);
        foreach (var missing in result.LeftOut)
        {
            _recorder.LeftOut(batch.Id, missing);
        }

        if (result.SkippedFor is { } reason)
        {
            _recorder.Skipped(step, reason);
            if (_skipped == _plan.GiveUpAfter)
            {
                _state.End(RunOutcome.UserError, SkippedUpdate.GiveUp(step, _skipped, reason));
            }
        }
    }

    /// <summary>Has the learner write a checkpoint of the last update, which was made without one.</summary>
    public void Save()
    {
        IsSaving = true;
        _ledger.Add(WorkId.Save(BatchId.ForStep(Step)), new SaveWork(Step), Weights.Blob.Node);
    }

    /// <summary>
    /// Has what a learner that is to leave has made kept without it: in a checkpoint, whose weights are served from
    /// here.
    /// </summary>
    /// <param name="address">Cluster address of the learner, which holds no item at the moment.</param>
    /// <param name="isHere">Whether the coordinator leaves with it, and the next one serves the checkpoint.</param>
    /// <returns>Whether nothing is lost with it; else there is work for it, and this is to be asked again.</returns>
    public bool HandOn(string address, bool isHere)
    {
        if (!Holds(address))
        {
            return true;
        }

        if (IsSaved)
        {
            var isServed = isHere || address != Weights.Blob.Node;
            Weights = isServed || _checkpoint is null ? Weights : _checkpoints.Publish(_checkpoint, Step);
            return true;
        }

        _isLearnerLeaving = true;
        if (!UnderWay && !IsSaving)
        {
            Save();
        }

        return false;
    }

    /// <summary>Takes the checkpoint of the last update.</summary>
    public void Complete(SaveResult saved)
    {
        var checkpoint = CheckpointClaim.NameOf(saved.Checkpoint);
        _journal.Append(JournalKind.StepSaved, Step, checkpoint, record: () => _checkpoints.Keep(saved.Checkpoint));
        _journal.Record(_checkpoints.RemoveOld);
        Saved(checkpoint);
        IsSaving = false;
    }

    /// <summary>Goes back to the last checkpoint: updates after it are lost with their learner.</summary>
    /// <param name="reason">Why the newest weights are lost.</param>
    public void RollBack(string reason)
    {
        _journal.Append(JournalKind.RolledBack, SavedStep);
        throw new RolledBackException(SavedStep, reason);
    }

    // Whether what the last update left, or a part of it, is on a node and nowhere else.
    private bool Holds(string address) => address == Weights.Blob.Node
        || (_plan.LearnersHoldParts && Weights.Blob.Copies.Any(copy => copy.Node == address));

    private void Saved(string checkpoint)
    {
        (_checkpoint, SavedStep) = (checkpoint, Step);
        _isLearnerLeaving = false;
    }

    private Dictionary<string, double> Figures(RolloutBatch batch, LearnResult result)
    {
        var figures = StepFigures.Compute(batch.Traces, result.Metrics);
        AddUnlessZero(figures, "left-out", batch.LeftOut.Count);
        AddUnlessZero(figures, "left-out-traces", result.LeftOut.Count);
        AddUnlessZero(figures, "given-out-again", _ledger.GivenOutAgain);
        AddUnlessZero(figures, SkippedUpdate.Figure, Math.Min(_skipped, 1));
        return figures;
    }

    private void Journal(RolloutBatch batch, LearnResult result, IReadOnlyDictionary<string, double> figures)
    {
        var step = batch.Id.Step;
        var checkpoint = result.Checkpoint is { } claimed ? CheckpointClaim.NameOf(claimed) : null;
        _journal.Append(JournalKind.StepLearned, step, checkpoint, weights: result.Weights, record: () =>
        {
            _recorder.Traces(batch.Id, step, batch.Traces);
            _recorder.Metrics("rl", step, figures);
            if (result.Checkpoint is not null)
            {
                _checkpoints.Keep(result.Checkpoint);
            }
        });
        if (checkpoint is not null)
        {
            _journal.Record(_checkpoints.RemoveOld);
        }
    }

    private static void AddUnlessZero(Dictionary<string, double> figures, string name, int count)
    {
        if (count > 0)
        {
            figures[name] = count;
        }
    }

    private void CheckStaleness(RolloutBatch batch)
    {
        var sampledBy = batch.Weights.Version;
        var behind = batch.Id.Step - 1 - sampledBy.Number;
        var others = batch.Traces.Count(judged => judged.Trace.Version != sampledBy);
        if (behind > _plan.MaxStaleness || others > 0)
        {
            throw new InvalidOperationException(
                $"step {batch.Id.Step}: sampled by {sampledBy}, {behind} updates behind "
                + $"(max-staleness {_plan.MaxStaleness}), {others} of {batch.Expected} traces by other weights");
        }
    }
}
