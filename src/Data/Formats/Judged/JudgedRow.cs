using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;

namespace R1Reward.Data.Formats.Judged;

/// <summary>One row of a judged file, recognised by its fields.</summary>
internal static class JudgedRow
{
    /// <summary>What it says of one pair or several.</summary>
    /// <param name="row">The row.</param>
    /// <param name="index">Its place in the files, from 0: published ids repeat (decision D19).</param>
    /// <param name="suite">The suite whose pairs the file judges.</param>
    /// <exception cref="RowException">
    /// It is of no known layout or of another benchmark's, or a field is wrong.
    /// </exception>
    public static IEnumerable<PairResult> Read(JObject row, int index, string suite) => row switch
    {
        _ when SuiteOf(row) is { } own && own != suite && suite != "dataset" => throw new RowException(
            $"a row of {own}, whose figures are none of {suite}; name the suite {own}"),
        _ when row.ContainsKey("as-given") || row["scores"] is JObject => [row.ToObject<PairResult>()!],
        _ when row.ContainsKey("decisions") || row.ContainsKey("judgments") => [JudgeBenchOutput.Read(row, index)],
        _ when row.ContainsKey("score_chosen") => RmBenchOutput.Read(row, index),
        _ when row.ContainsKey("num_correct") && row["scores"] is JArray => RewardBench2Output.Read(row, index),
        _ when row.ContainsKey("rewards") => [R1RewardOutput.Read(row, index, suite)],
        _ when row.ContainsKey("human_ranking") && row["scores"] is JArray => [MmRewardOutput.Read(row, index)],
        _ => throw new RowException(
            "no judged row of a known layout; give the lines that eval --save writes, or the output of JudgeBench "
            + "(judgments), RM-Bench (score_chosen), RewardBench 2 (scores, num_correct), R1-Reward (rewards) or "
            + "MM-Reward (details)"),
    };

    // Layouts that only one benchmark has.
    private static string? SuiteOf(JObject row) =>
        row.ContainsKey("decisions") || row.ContainsKey("judgments") ? "judgebench"
        : row.ContainsKey("score_chosen") ? "rm-bench"
        : row.ContainsKey("num_correct") && row["scores"] is JArray ? "rewardbench2"
        : null;
}
