using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;

namespace R1Reward.Data.Formats.Judged;

/// <summary>RM-Bench's output: the scores of three preferred and three rejected replies, by style.</summary>
internal static class RmBenchOutput
{
    public static IEnumerable<PairResult> Read(JObject row, int index)
    {
        var chosen = JudgedFields.Numbers(row, "score_chosen");
        var rejected = JudgedFields.Numbers(row, "score_rejected");
        var domain = (string?)row["domain"] ?? (string?)row["subset"];
        return
            from first in Enumerable.Range(0, chosen.Length)
            from second in Enumerable.Range(0, rejected.Length)
            select JudgedFields.Scored(row, index, $"{first}.{second}", chosen[first], rejected[second]) with
            {
                Category = ManyRepliesRow.CategoryOf(domain, first, second),
            };
    }
}
