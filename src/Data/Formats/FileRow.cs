using Newtonsoft.Json.Linq;

namespace R1Reward.Data.Formats;

/// <summary>One row of a data file.</summary>
/// <param name="Place">Where it stands: <c>a.jsonl:7</c>, or <c>a.parquet, row group 2, row 7</c>.</param>
/// <param name="Fields">Its fields; null where it cannot be read.</param>
/// <param name="Problem">Why it cannot be read; null where it can.</param>
internal readonly record struct FileRow(string Place, JObject? Fields, string? Problem);
