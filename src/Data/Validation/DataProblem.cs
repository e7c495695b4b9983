namespace R1Reward.Data.Validation;

/// <summary>Something that is wrong in a data set.</summary>
/// <param name="Kind">
/// <c>row</c>, <c>media</c>, <c>duplicate-id</c>, <c>split-leak</c> or <c>file</c>.
/// </param>
/// <param name="Place">Where: file and line, or file, row group and row.</param>
/// <param name="Message">The field and what is wrong with it.</param>
public sealed record DataProblem(string Kind, string Place, string Message);
