using R1Reward.Policy.Training;

namespace R1Reward.Stability;

/// <summary>What came of one run.</summary>
/// <param name="Steps">Each update.</param>
/// <param name="Accuracy">Share of held-out pairs judged right, one sample each.</param>
/// <param name="Agreement">Share of readable held-out judgments whose analysis favours the answer given.</param>
/// <param name="Votes">By number of votes: accuracy of the majority, share of pairs with at least one right vote.</param>
/// <param name="Seconds">Wall time.</param>
internal sealed record TrialResult(
    IReadOnlyList<TrialStep> Steps, double Accuracy, double Agreement, IReadOnlyList<(int Votes, double Majority, double Any)> Votes, double Seconds);

/// <summary>One update of a run.</summary>
/// <param name="Metrics">What the learner measured.</param>
/// <param name="Filtered">Share of samples whose advantage the filter set to 0.</param>
/// <param name="Accuracy">Share of the batch's samples that are right.</param>
/// <param name="Agreement">Share of the batch's readable samples whose analysis favours the answer given.</param>
internal sealed record TrialStep(PolicyMetrics Metrics, double Filtered, double Accuracy, double Agreement);
