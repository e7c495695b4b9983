using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// The training of a scalar reward model, one work item, and what its worker finds of the held-out pairs.
/// </summary>
/// <param name="plan">What the run consists of.</param>
/// <param name="isDone">Whether the journal says that the model is trained.</param>
/// <param name="ledger">Where the worker's item goes.</param>
/// <param name="journal">Where it is noted that the model is trained.</param>
/// <param name="recorder">Where figures go.</param>
/// <param name="checkpoints">Where the model goes.</param>
/// <param name="state">Shows what is under way.</param>
internal sealed class ScalarTraining(
    RunPlan plan,
    bool isDone,
    WorkLedger ledger,
    IJournal journal,
    IRunRecorder recorder,
    ICheckpoints checkpoints,
    RunState state)
{
    /// <summary>Whether the model is still to be trained.</summary>
    public bool IsDue { get; private set; } = plan.ScalarSteps > 0 && !isDone;

    /// <summary>Has the model trained.</summary>
    /// <param name="start">The model that it starts from.</param>
    public void Begin(WeightsReference start)
    {
        journal.Append(JournalKind.ScalarBegun);
        state.EnterStage(RunStage.Scalar, "srm");
        ledger.Add(WorkId.Scalar, new SrmWork(start));
    }

    /// <summary>Takes in the model and what its heads find.</summary>
    public void Complete(SrmResult trained)
    {
        journal.Append(
            JournalKind.ScalarDone,
            checkpoint: CheckpointClaim.NameOf(trained.Checkpoint),
            evaluation: string.Join(',', trained.HeldOut.Keys),
            record: () =>
            {
                checkpoints.Keep(trained.Checkpoint);
                foreach (var (name, figures) in trained.HeldOut)
                {
                    recorder.Scores(name, figures);
                }
            });
        IsDue = false;
    }
}
