namespace R1Reward.Data.Handlers;

/// <summary>A row of a set of comparisons as read.</summary>
/// <param name="Place">Where it stands: file and line, or file, row group and row.</param>
/// <param name="Comparisons">What it compares; none where it is passed over or cannot be read.</param>
/// <param name="Problem">The field that is wrong and what it should hold; null where none is.</param>
public sealed record ComparisonRow(string Place, IReadOnlyList<Comparison> Comparisons, string? Problem);
