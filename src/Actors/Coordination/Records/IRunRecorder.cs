using R1Reward.Actors.Coordination.Batches;
namespace R1Reward.Actors.Coordination.Records;

/// <summary>Where a run's figures and traces go. Implementations write to the run folder; exceptions end the run.</summary>
public interface IRunRecorder
{
    /// <summary>Figures of one step of a phase (<c>sft</c>, <c>rl</c> or <c>eval</c>).</summary>
    void Metrics(string phase, int step, IReadOnlyDictionary<string, double> figures);

    /// <summary>The judgments of one update or evaluation with their rewards.</summary>
    void Traces(string sampling, int step, IReadOnlyList<JudgedTrace> samples);

    /// <summary>A pair that an update or evaluation does without, and why.</summary>
    void LeftOut(string sampling, string reason);

    /// <summary>What an evaluation found, under its name (<c>sft</c>, <c>step-10</c>, <c>rl</c>, <c>noise</c>).</summary>
    void Evaluation(string name, EvaluationFigures figures);

    /// <summary>Seconds spent in a stage so far.</summary>
    void Seconds(string stage, double seconds);

    /// <summary>Forgets the steps after <paramref name="step"/>: they are made again from a checkpoint.</summary>
    void TruncateAfter(int step);

    /// <summary>Writes summary and report; called at the end and when a run stops.</summary>
    void Finish();
}
