namespace R1Reward.Stability;

/// <summary>What came of one run.</summary>
/// <param name="Steps">Each update.</param>
/// <param name="Accuracy">Share of held-out pairs judged right, one sample each.</param>
/// <param name="Agreement">Share of readable held-out judgments whose analysis favours the answer given.</param>
/// <param name="Votes">
/// By number of votes: accuracy of the majority, share of pairs with at least one right vote.
/// </param>
/// <param name="Seconds">Wall time.</param>
internal sealed record TrialResult(
    IReadOnlyList<TrialStep> Steps,
    double Accuracy,
    double Agreement,
    IReadOnlyList<(int Votes, double Majority, double Any)> Votes,
    double Seconds);
