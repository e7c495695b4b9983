using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;

namespace R1Reward.Data.Formats.Judged;

/// <summary>The output of R1-Reward's evaluators: two rewards, that of the preferred response first.</summary>
internal static class R1RewardOutput
{
    public static PairResult Read(JObject row, int index, string suite)
    {
        var rewards = JudgedFields.Numbers(row, "rewards");
        if (rewards.Length != 2)
        {
            throw new RowException(
                $"field \"rewards\" has {rewards.Length} numbers; R1-Reward's evaluators give one for each response");
        }

        var name = (string?)row["id"] ?? (string?)row["ID"] ?? "";
        var media = (string?)row["image"] ?? (string?)row["video"] ?? "";
        return JudgedFields.Scored(row, index, "", rewards[0], rewards[1]) with
        {
            Group = suite == "mm-rlhf" ? name : JudgedFields.Id(row, "id", index),
            Category = suite switch
            {
                "mm-rlhf" => SuiteCategory.MmRlhf(media),
                "multimodal-rewardbench" => SuiteCategory.Multimodal(name, (string?)row["Category"] ?? ""),
                _ => SuiteCategory.VlRewardBench(name),
            },
        };
    }
}
