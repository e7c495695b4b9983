using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Ledger;
using R1Reward.Actors.Coordination.Records;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Coordination;

/// <summary>
/// The batch whose traces are being sampled, judged and scored, of an update or of an evaluation: one at a time.
/// </summary>
/// <param name="plan">How many prompts and samples a batch has, and how traces come to their rewards.</param>
/// <param name="pairs">Where prompts come from.</param>
/// <param name="ledger">Where its work goes.</param>
/// <param name="journal">Where it is noted that an update has begun.</param>
/// <param name="recorder">Hears of pairs that are left out.</param>
/// <param name="state">Shows how far the batch is.</param>
internal sealed class Collecting(
    RunPlan plan, IPairSource pairs, WorkLedger ledger, IJournal journal, IRunRecorder recorder, RunState state)
{
    private RolloutBatch? _batch;

    /// <summary>Whether a batch is being collected.</summary>
    public bool UnderWay => _batch is not null;

    /// <summary>Whether that batch is an evaluation's.</summary>
    public bool IsEvaluation => _batch is { Id.IsEvaluation: true };

    /// <summary>Begins the batch of an update.</summary>
    public void Begin(int step, WeightsReference weights)
    {
        journal.Append(JournalKind.StepBegun, step);
        var first = (long)(step - 1) * plan.PromptsPerStep;
        var prompts = Enumerable.Range(0, plan.PromptsPerStep).Select(prompt => pairs.Training(first + prompt));
        Begin(BatchId.ForStep(step), weights, [.. prompts], plan.SamplesPerPrompt, plan.TrainingRewards);
    }

    /// <summary>Begins the batch of an evaluation.</summary>
    public void Begin(Evaluation evaluation, WeightsReference weights)
    {
        var (id, samples) = (BatchId.ForEvaluation(evaluation.Name), evaluation.SamplesPerPair);
        Begin(id, weights, evaluation.Pairs, samples, plan.EvaluationRewards);
    }

    /// <summary>
    /// Takes in a result of the batch. One of which no pair can be shown ends the run with the first reason.
    /// </summary>
    /// <returns>The batch when it is whole, and nothing is collected any more; else null.</returns>
    public RolloutBatch? Complete(WorkId id, WorkResult result)
    {
        var batch = _batch ?? throw new InvalidOperationException($"result of {id}, which nothing waits for");
        batch.Complete(id, result);
        state.ShowProgress(batch);
        if (result is RolloutLeftOut)
        {
            recorder.LeftOut(batch.Id, batch.LeftOut[^1]);
        }

        if (batch.Expected == 0)
        {
            state.End(
                RunOutcome.UserError,
                $"{batch.Id}: none of its pairs can be shown to the model. The first: {batch.LeftOut[0]}. "
                + "Look at r1reward.data and at the files that it names.");
            return null;
        }

        if (!batch.IsComplete)
        {
            return null;
        }

        _batch = null;
        return batch;
    }

    private void Begin(
        BatchId id, WeightsReference weights, IReadOnlyList<PreferencePair> prompts, int samples, RewardPlan rewards)
    {
        _batch = new RolloutBatch(id, weights, prompts, samples, rewards, ledger);
        _batch.Begin(plan.Seed);
        state.EnterBatch(_batch);
    }
}
