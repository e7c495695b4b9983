using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Coordination.Records;

namespace R1Reward.Actors.Coordination;

/// <summary>Which evaluations a run makes, when each is due, and what has been found by it.</summary>
/// <remarks>
/// The evaluations consume batches of held-out pairs with their rewards, and produce figures and traces in the run's
/// record. An evaluation counts as made when it is in the journal. Without held-out pairs there is none.
/// </remarks>
/// <param name="plan">What the run consists of.</param>
/// <param name="pairs">Where the held-out pairs come from.</param>
/// <param name="made">Names of the evaluations that the journal has already.</param>
/// <param name="journal">Where an evaluation is noted as made.</param>
/// <param name="recorder">Where figures and traces go.</param>
internal sealed class Evaluations(
    RunPlan plan, IPairSource pairs, IEnumerable<string> made, IJournal journal, IRunRecorder recorder)
{
    private readonly HashSet<string> _made = [.. made];

    /// <summary>The next evaluation of the policy after so many updates; null where none is left to make.</summary>
    public Evaluation? Due(int step) => After(step).FirstOrDefault(evaluation => !_made.Contains(evaluation.Name));

    /// <summary>Takes in the judged pairs of an evaluation of the policy after so many updates.</summary>
    public void Complete(RolloutBatch batch, int step)
    {
        var name = batch.Id.Evaluation!;
        var figures = EvaluationFigures.Compute(batch.Traces, plan.Ties) with
        {
            LeftOut = batch.LeftOut.Count,
            Own = OwnFigures.Compute(batch.Traces, plan.Evaluators),
        };
        journal.Append(JournalKind.Evaluated, step, evaluation: name, record: () =>
        {
            recorder.Traces(batch.Id, step, batch.Traces);
            recorder.Evaluation(name, figures);
        });
        _made.Add(name);
    }

    private IEnumerable<Evaluation> After(int step)
    {
        // The worker that trains a scalar model scores the held-out pairs itself.
        if (pairs.HeldOut.Count == 0 || plan.ScalarSteps > 0)
        {
            yield break;
        }

        if (plan.ColdStart && step == 0)
        {
            yield return new Evaluation(Evaluation.AfterColdStart, pairs.HeldOut, 1);
        }

        if (plan.EvaluateAfter(step))
        {
            yield return new Evaluation(Evaluation.AfterStep(step), pairs.HeldOut, 1);
        }

        if (step == plan.Steps)
        {
            yield return new Evaluation(Evaluation.AtEnd, pairs.HeldOut, plan.VoteSamples);
        }

        if (step == plan.Steps && plan.EvaluateNoise && pairs.HeldOutNoise.Count > 0)
        {
            yield return new Evaluation(Evaluation.OnNoise, pairs.HeldOutNoise, 1);
        }
    }
}
