using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;

namespace R1Reward.Data.Formats.Judged;

/// <summary>RewardBench 2's output: the scores of all replies to a prompt, the right ones first.</summary>
internal static class RewardBench2Output
{
    public static IEnumerable<PairResult> Read(JObject row, int index)
    {
        var scores = JudgedFields.Numbers(row, "scores");
        var right = (int?)row["num_correct"] ?? 1;
        if (right < 1 || right >= scores.Length)
        {
            throw new RowException($"field \"num_correct\" is {right}; of {scores.Length} scores 1 or more are right");
        }

        return
            from first in Enumerable.Range(0, right)
            from second in Enumerable.Range(right, scores.Length - right)
            select JudgedFields.Scored(row, index, $"{first}.{second}", scores[first], scores[second]) with
            {
                Category = (string?)row["subset"] ?? "",
                Response1 = first.ToString(CultureInfo.InvariantCulture),
                Response2 = second.ToString(CultureInfo.InvariantCulture),
            };
    }
}
