using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats.Judged;

/// <summary>A detail of MM-Reward's result file: two scores, and the ranks that people gave.</summary>
internal static class MmRewardOutput
{
    public static PairResult Read(JObject row, int index)
    {
        var (scores, ranks) = (JudgedFields.Numbers(row, "scores"), JudgedFields.Numbers(row, "human_ranking"));
        if (scores.Length != 2 || ranks.Length != 2)
        {
            throw new RowException("fields \"scores\" and \"human_ranking\" are no lists of two numbers");
        }

        return JudgedFields.Scored(row, index, "", scores[0], scores[1]) with
        {
            Label = ranks[0] < ranks[1] ? PreferenceLabel.First : PreferenceLabel.Second,
            Category = SuiteCategory.VlRewardBench((string?)row["id"] ?? ""),
        };
    }
}
