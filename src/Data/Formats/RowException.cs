namespace R1Reward.Data.Formats;

/// <summary>What is wrong with one row, before file and line are known.</summary>
internal sealed class RowException(string problem) : Exception(problem);
