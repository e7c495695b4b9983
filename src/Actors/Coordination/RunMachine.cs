using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;

namespace R1Reward.Actors.Coordination;

// The map of a run
//
//   pairs -> [rollout] -> trace -> [judge] -> verdict -> [score] -> reward -> whole batch -> [learn] -> next weights -+
//     ^                                 all traces sampled -> [late terms] -+                                         |
//     +---------------------------- next step (max-staleness 1: already during [learn]) <-----------------------------+
//
//   Start       goes on where the journal ends                                    > ColdStart, Scalar, Evaluate, Roll
//   ColdStart   consumes pairs with judgments; produces version 0; sft workers            > Evaluate, Scalar
//   Scalar      consumes ranked pairs; produces a scalar reward model and its held-out figures (ScalarTraining); srm
//               workers; such a run has no other stage but the cold start                 > Finish
//   Roll        consumes prompts; produces traces with rewards (RolloutBatch): any number of workers pull, a prompt is
//               judged and scored as soon as it is sampled; a late item is one prompt's traces, for the terms with
//               async = off, and waits until the batch is sampled; a pair that cannot be shown is left out
//                                                                                         > Learn, Finish without pairs
//   Learn       consumes the whole batch; produces version + 1 (PolicyUpdates); one learner; the new weights are
//               published with the next rollout work, and workers fetch them; a run that learns nothing for some
//               updates in a row ends with the reason                                     > Evaluate, Roll, Finish
//   Evaluate    as Roll, on held-out pairs, at the end also with noise for media (Evaluations); nothing is learned
//                                                                                         > Evaluate, Roll, Finish
//   Stop        cancels ColdStart and Scalar, breaks Evaluate off, lets Roll and Learn end with a checkpoint. What
//               waits for a worker or the judge is broken off, too: the learner saves what no checkpoint holds > Finish
//   HandOn      a learner that is to leave saves what no checkpoint holds, so that the next one goes on from there
//   RollBack    updates that no checkpoint holds were lost with their learner             > Start, from the checkpoint
//   Fence       another coordinator took over: the next write or look at the journal throws > the process ends
//   Finish      writes summary and report
//
//   Work in brackets is a ledger item: pulled by workers, given out again when one is lost, counted once.
//   What must survive is in the journal before the command that follows from it is in the ledger, and what is recorded
//   of it before that: records count when the journal says so, all others are cut when the run is loaded.

/// <summary>
/// Decides which stage of a run comes next; the words of the map are its methods, but for Fence, an exception of the
/// journal. It only fills the ledger: the coordinator actor carries work and results between ledger and workers.
/// </summary>
/// <param name="plan">What the run consists of.</param>
/// <param name="updates">The policy's way from the cold start to the last update.</param>
/// <param name="scalar">The training of a scalar model, in place of reinforcement learning.</param>
/// <param name="evaluations">Which evaluations are due.</param>
/// <param name="batch">The batch that is being collected.</param>
/// <param name="journal">Says whether the run is still this coordinator's.</param>
/// <param name="state">Where the run is, and how it ended.</param>
internal sealed class RunMachine(
    RunPlan plan,
    PolicyUpdates updates,
    ScalarTraining scalar,
    Evaluations evaluations,
    Collecting batch,
    IJournal journal,
    RunState state)
{
    private RolloutBatch? _awaitingLearner;

    /// <summary>Whether the run was asked to stop.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Where the run is, and how it ended.</summary>
    public RunState State => state;

    /// <summary>The newest weights, by which the next prompts are sampled.</summary>
    public WeightsReference Weights => updates.Weights;

    /// <summary>Puts the first work into the ledger.</summary>
    public void Start() => Next();

    /// <summary>Looks whether the run is still this coordinator's.</summary>
    /// <exception cref="FencedException">Another coordinator has taken over.</exception>
    public void ConfirmOwnership() => journal.Record(() => { });

    /// <summary>Takes in a result that the ledger has counted, and puts into the ledger what follows from it.</summary>
    /// <exception cref="RolledBackException">Updates are lost; the run is to be loaded again.</exception>
    /// <exception cref="FencedException">Another coordinator has taken over.</exception>
    public void Complete(WorkId id, WorkResult result)
    {
        switch (result)
        {
            case WorkFailed failed:
                state.End(failed.UserError ? RunOutcome.UserError : RunOutcome.Failed, failed.Message);
                break;
            case WeightsLost lost:
                RollBack(lost);
                break;
            case WorkStopped when id.Stage is WorkStage.ColdStart or WorkStage.Scalar:
                EndStopped();
                break;
            case SftResult coldStart:
                updates.Complete(coldStart);
                break;
            case SrmResult trained:
                scalar.Complete(trained);
                break;
            case LearnResult learned:
                updates.Complete(id, learned);
                break;
            case SaveResult saved:
                updates.Complete(saved);
                EndIfStopping();
                break;
            default:
                Collected(batch.Complete(id, result));
                break;
        }

        Next();
    }

    /// <summary>
    /// Has what a learner that is to leave has made kept without it; false as long as there is work for it to that end.
    /// </summary>
    /// <param name="address">Cluster address of the learner, which holds no item at the moment.</param>
    /// <param name="isHere">Whether the coordinator leaves with it.</param>
    public bool HandOn(string address, bool isHere) => updates.HandOn(address, isHere);

    /// <summary>
    /// Ends the run after the next update whose checkpoint is not ordered yet, so that no update is lost. Cold start
    /// and scalar training are cancelled by the coordinator and save themselves. An evaluation, and whatever waits, is
    /// broken off and made again when the run is resumed; before that the learner saves updates that no checkpoint
    /// holds. Called again and again until the run has ended.
    /// </summary>
    /// <param name="waits">Whether the run waits for what may never come.</param>
    /// <param name="hasLearner">Whether a learner is there, without which updates that no checkpoint holds are lost.
    /// </param>
    public void Stop(bool waits, bool hasLearner)
    {
        IsStopping = true;
        if (state.Outcome is not null || !(waits || batch.IsEvaluation))
        {
            return;
        }

        if (!hasLearner || (updates.IsSaved && !updates.UnderWay))
        {
            EndStopped();
        }
        else if (!updates.UnderWay && !updates.IsSaving)
        {
            updates.Save();
        }
    }

    private void Next()
    {
        if (state.Outcome is not null || batch.UnderWay || updates.IsSaving)
        {
            return;
        }

        if (updates.UnderWay)
        {
            state.ShowStage(RunStage.Learning);
        }
        else if (updates.IsColdStartDue)
        {
            ColdStart();
        }
        else if (scalar.IsDue)
        {
            Scalar();
        }
        else if (_awaitingLearner is { } whole)
        {
            Learn(whole);
        }
        else if (IsStopping && updates.IsSaved)
        {
            EndStopped();
        }
        else if (!IsStopping && evaluations.Due(updates.Step) is { } evaluation)
        {
            Evaluate(evaluation);
        }
        else if (updates.Step < plan.Steps)
        {
            Roll(updates.Step + 1);
        }
        else
        {
            Finish();
        }
    }

    private void Collected(RolloutBatch? whole)
    {
        if (whole is { Id.IsEvaluation: true })
        {
            evaluations.Complete(whole, updates.Step);
        }
        else
        {
            _awaitingLearner = whole ?? _awaitingLearner;
        }
    }

    private void ColdStart() => updates.BeginColdStart();

    private void Scalar() => scalar.Begin(updates.Weights);

    private void Roll(int step) => batch.Begin(step, updates.Weights);

    private void Evaluate(Evaluation evaluation) => batch.Begin(evaluation, updates.Weights);

    private void RollBack(WeightsLost lost) => updates.RollBack(lost.Reason);

    private void Finish() => state.Finish(updates.Step);

    private void Learn(RolloutBatch whole)
    {
        var step = whole.Id.Step;
        _awaitingLearner = null;
        updates.Begin(whole, checkpoint: IsStopping || updates.IsOnTheVerge || plan.CheckpointAfter(step));
        if (!IsStopping && plan.RollDuring(step))
        {
            Roll(step + 1);
        }
    }

    // A learner that leaves saves, too, and the run goes on.
    private void EndIfStopping()
    {
        if (IsStopping)
        {
            EndStopped();
        }
    }

    private void EndStopped() => state.EndStopped(plan.ColdStart && updates.SavedStep == 0 ? null : updates.SavedStep);
}
