namespace R1Reward.Data.Evaluation.Suites;

/// <summary>One column of a benchmark's table.</summary>
/// <param name="Name">What the publishers call it.</param>
/// <param name="Share">Its value, 0-1; null where nothing was counted.</param>
public sealed record SuiteFigure(string Name, double? Share);
