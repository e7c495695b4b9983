using R1Reward.Actors.Coordination.Batches;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Policy.Advantages;
namespace R1Reward.Actors.Coordination.Records;

/// <summary>
/// Where a run's figures and traces go, on disk when a method returns. An exception of an implementation ends the run.
/// </summary>
internal interface IRunRecorder : IDisposable
{
    /// <summary>
    /// Records the figures of one step of a phase: <c>sft</c> for the cold start, <c>srm</c> for a scalar model,
    /// <c>rl</c> for updates. A step of the first two that is reported again takes the place of its first report and of
    /// all that followed it.
    /// </summary>
    void Metrics(string phase, int step, IReadOnlyDictionary<string, double> figures);

    /// <summary>Records the judgments of an update or evaluation with their rewards.</summary>
    /// <param name="batch">The update or evaluation.</param>
    /// <param name="step">Updates that are made, the one of this batch included.</param>
    /// <param name="traces">The judgments, those of one prompt next to each other.</param>
    void Traces(BatchId batch, int step, IReadOnlyList<JudgedTrace> traces);

    /// <summary>
    /// Takes in when a worker had an item; on disk with the next batch's judgments, and when the run ends.
    /// </summary>
    void Span(WorkSpan span);

    /// <summary>Reports a pair that an update or evaluation does without.</summary>
    /// <param name="batch">The update or evaluation.</param>
    /// <param name="reason">The pair and why it cannot be shown.</param>
    void LeftOut(BatchId batch, string reason);

    /// <summary>Reports an update that the policy learned nothing from.</summary>
    void Skipped(int step, NoSignal reason);

    /// <summary>
    /// Records what an evaluation found, under its name (<c>sft</c>, <c>step-10</c>, <c>rl</c>, <c>noise</c>).
    /// </summary>
    void Evaluation(string name, EvaluationFigures figures);

    /// <summary>Records what a head of a scalar model finds of the held-out pairs.</summary>
    void Scores(string name, ScoreFigures figures);

    /// <summary>Adds seconds that this process has spent in a stage; called again and again while it lasts.</summary>
    void Seconds(string stage, double seconds);

    /// <summary>Deletes what is recorded of updates and evaluations that do not count by the journal.</summary>
    void CutTo(RunProgress progress);

    /// <summary>Writes summary and report; called at the end and when a run stops.</summary>
    void Finish();
}
