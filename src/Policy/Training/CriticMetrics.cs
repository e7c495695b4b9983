namespace R1Reward.Policy.Training;

/// <summary>What a critic said and learned in one step.</summary>
/// <param name="MeanValue">Mean value over the response tokens of the batch, before the update.</param>
/// <param name="Loss">Mean loss over the optimiser steps of the update.</param>
public sealed record CriticMetrics(double MeanValue, double Loss);
