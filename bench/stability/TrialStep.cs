using R1Reward.Policy.Training;

namespace R1Reward.Stability;

/// <summary>One update of a run.</summary>
/// <param name="Metrics">What the learner measured.</param>
/// <param name="Filtered">Share of traces whose advantage the filter set to 0.</param>
/// <param name="Accuracy">Share of the batch's traces that are right.</param>
/// <param name="Agreement">Share of the batch's readable traces whose analysis favours the answer given.</param>
internal sealed record TrialStep(PolicyMetrics Metrics, double Filtered, double Accuracy, double Agreement);
