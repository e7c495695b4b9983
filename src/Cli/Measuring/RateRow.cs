namespace R1Reward.Cli.Measuring;

/// <summary>How often something is done in a second, where no model is at work and so no peer either.</summary>
/// <param name="What">What is done.</param>
/// <param name="PerSecond">How often, the median of some rounds.</param>
internal sealed record RateRow(string What, double PerSecond);
