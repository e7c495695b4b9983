namespace R1Reward.Data.Formats;

/// <summary>What is wrong with one row, before file and line are known.</summary>
/// <param name="problem">The field, what is wrong with it, and what it should hold.</param>
/// <example><c>field "winner" is "C"; give A or B</c>.</example>
public sealed class RowException(string problem) : Exception(problem);
