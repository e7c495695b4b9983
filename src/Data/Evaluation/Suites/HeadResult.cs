namespace R1Reward.Data.Evaluation.Suites;

/// <summary>What the scores of one head say over an evaluation.</summary>
/// <param name="Figures">Accuracy, ties, means and gaps.</param>
/// <param name="Scores">The scores of all responses, each of a pair once; null where there are none.</param>
public sealed record HeadResult(ScoreFigures Figures, Histogram? Scores);
