using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Coordination;

// The map of a run
//
//   pairs ─▶ [rollout] ─▶ trace ─▶ [judge] ─▶ verdict ─▶ [score] ─▶ reward ─▶ whole batch ─▶ [learn] ─▶ next weights ─┐
//     ▲                                 all traces sampled ─▶ [late terms] ─┘                                         │
//     └──────────────────────────── next step (max-staleness 1: already during [learn]) ◀─────────────────────────────┘
//
//   Start       goes on where the journal ends                                            ▶ ColdStart, Evaluate, Roll
//   ColdStart   consumes pairs with judgments; produces version 0; one sft worker         ▶ Evaluate
//   Roll        consumes prompts; produces traces with rewards (RolloutBatch): any number of workers pull, a prompt is
//               judged and scored as soon as it is sampled; a late item is one prompt's traces, for the terms with
//               async = off, and waits until the batch is sampled; a pair that cannot be shown is left out
//                                                                                         ▶ Learn, Finish without pairs
//   Learn       consumes the whole batch; produces version + 1 (PolicyUpdates); one learner; the new weights are
//               published with the next rollout work, and workers fetch them; a run that learns nothing for some
//               updates in a row ends with the reason                                     ▶ Evaluate, Roll, Finish
//   Evaluate    as Roll, on held-out pairs, at the end also with noise for pictures (Evaluations); nothing is learned
//                                                                                         ▶ Evaluate, Roll, Finish
//   Stop        cancels ColdStart, ends Evaluate at once, lets Roll and Learn end with a checkpoint      ▶ Finish
//   RollBack    updates that no checkpoint holds were lost with their learner             ▶ Start, from the checkpoint
//   Fence       another coordinator took over: the next journal write throws              ▶ the process ends
//   Finish      writes summary and report
//
//   Work in brackets is a ledger item: pulled by workers, given out again when one is lost, counted once.
//   What must survive is in the journal before the command that follows from it is in the ledger.

/// <summary>
/// Decides which stage of a run comes next; the words of the map above are its methods. It only fills the ledger: the
/// coordinator actor carries work and results between ledger and workers.
/// </summary>
internal sealed class RunMachine(
    RunPlan plan, RunProgress progress, WeightsReference start, IPairSource pairs, WorkLedger ledger,
    IJournal journal, IRunRecorder recorder, IBatchPublisher publisher, TimeProvider time)
{
    private readonly PolicyUpdates _updates = new(plan, progress.Step, start, ledger, journal, recorder, publisher);
    private readonly Evaluations _evaluations = new(plan, pairs, progress.Evaluated, journal, recorder);
    private bool _coldStartDue = plan.ColdStart && !progress.ColdStartDone;
    private RolloutBatch? _collecting;
    private RolloutBatch? _awaitingLearner;
    private bool _stopping;

    /// <summary>Where the run is, and how it ended.</summary>
    public RunState State { get; } = new(recorder, time);

    /// <summary>Puts the first work into the ledger.</summary>
    public void Start() => Next();

    /// <summary>Takes in a result that the ledger has counted, and puts into the ledger what follows from it.</summary>
    /// <exception cref="RolledBackException">Updates are lost; the run is to be loaded again.</exception>
    /// <exception cref="FencedException">Another coordinator has taken over.</exception>
    public void Complete(WorkId id, WorkResult result)
    {
        switch (result)
        {
            case WorkFailed failed:
                State.End(failed.UserError ? RunOutcome.UserError : RunOutcome.Failed, failed.Message);
                break;
            case WeightsLost lost:
                RollBack(lost.Reason);
                break;
            case WorkStopped when id == WorkId.ColdStart:
                EndStopped();
                break;
            case SftResult coldStart:
                _updates.StartFrom(coldStart);
                _coldStartDue = false;
                break;
            case LearnResult learned:
                State.ShowFigures(_updates.Complete(id, learned));
                EndIfNothingIsLearned();
                break;
            default:
                Collect(id, result);
                break;
        }

        Next();
    }

    /// <summary>
    /// Ends the run after the next update whose checkpoint is not ordered yet, so that no update is lost. The cold
    /// start is cancelled by the coordinator and saves itself; an evaluation is made again when the run is resumed.
    /// </summary>
    public void Stop()
    {
        _stopping = true;
        if (_collecting is { Id.IsEvaluation: true } && _updates.IsSaved)
        {
            EndStopped();
        }
    }

    private void Next()
    {
        if (State.Outcome is not null || _collecting is not null)
        {
            return;
        }

        if (_updates.UnderWay)
        {
            State.ShowStage(RunStage.Learning);
        }
        else if (_coldStartDue)
        {
            ColdStart();
        }
        else if (_awaitingLearner is { } batch)
        {
            Learn(batch);
        }
        else if (_stopping && _updates.IsSaved)
        {
            EndStopped();
        }
        else if (!_stopping && _evaluations.Due(_updates.Step) is { } evaluation)
        {
            Evaluate(evaluation);
        }
        else if (_updates.Step < plan.Steps)
        {
            Roll(_updates.Step + 1);
        }
        else
        {
            Finish();
        }
    }

    private void ColdStart()
    {
        journal.Append(JournalKind.ColdStartBegun);
        State.EnterStage(RunStage.ColdStart, "sft");
        ledger.Add(WorkId.ColdStart, new SftWork(_updates.Weights));
    }

    private void Roll(int step)
    {
        journal.Append(JournalKind.StepBegun, step);
        var first = (long)(step - 1) * plan.PromptsPerStep;
        var prompts = Enumerable.Range(0, plan.PromptsPerStep).Select(prompt => pairs.Training(first + prompt));
        Begin(BatchId.ForStep(step), [.. prompts], plan.SamplesPerPrompt, plan.TrainingRewards);
    }

    private void Evaluate(Evaluation evaluation) => Begin(
        BatchId.ForEvaluation(evaluation.Name), evaluation.Pairs, evaluation.SamplesPerPair, plan.EvaluationRewards);

    private void Begin(BatchId id, IReadOnlyList<PreferencePair> prompts, int samples, RewardPlan rewards)
    {
        _collecting = new RolloutBatch(id, _updates.Weights, prompts, samples, rewards, ledger);
        _collecting.Begin(plan.Seed);
        State.EnterBatch(_collecting);
    }

    private void Collect(WorkId id, WorkResult result)
    {
        var batch = _collecting ?? throw new InvalidOperationException($"result of {id}, which nothing waits for");
        batch.Complete(id, result);
        State.ShowProgress(batch);
        if (result is RolloutLeftOut)
        {
            recorder.LeftOut(batch.Id, batch.LeftOut[^1]);
        }

        if (batch.Expected == 0)
        {
            State.End(
                RunOutcome.UserError,
                $"{batch.Id}: none of its pairs can be shown to the model. The first: {batch.LeftOut[0]}. "
                + "Look at r1reward.data and at the files that it names.");
        }
        else if (batch.IsComplete)
        {
            _collecting = null;
            Collected(batch);
        }
    }

    private void Collected(RolloutBatch batch)
    {
        if (batch.Id.IsEvaluation)
        {
            _evaluations.Complete(batch, _updates.Step);
        }
        else
        {
            _awaitingLearner = batch;
        }
    }

    private void Learn(RolloutBatch batch)
    {
        var step = batch.Id.Step;
        _awaitingLearner = null;
        _updates.Begin(batch, checkpoint: _stopping || _updates.IsOnTheVerge || plan.CheckpointAfter(step));
        State.EnterStage(RunStage.Learning, "learn");
        if (!_stopping && plan.RollDuring(step))
        {
            Roll(step + 1);
        }
    }

    private void EndIfNothingIsLearned()
    {
        if (_updates.GiveUp is { } message)
        {
            State.End(RunOutcome.UserError, message);
        }
    }

    private void RollBack(string reason)
    {
        journal.Append(JournalKind.RolledBack, _updates.SavedStep);
        throw new RolledBackException(_updates.SavedStep, reason);
    }

    private void EndStopped()
    {
        var where = plan.ColdStart && _updates.Step == 0 ? "in or after the cold start" : $"after step {_updates.Step}";
        State.End(RunOutcome.Stopped, $"stopped {where}; the same command goes on from there");
    }

    private void Finish()
    {
        journal.Append(JournalKind.Finished, _updates.Step);
        State.End(RunOutcome.Finished, "");
    }
}
