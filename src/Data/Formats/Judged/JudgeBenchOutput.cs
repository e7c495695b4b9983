using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats.Judged;

/// <summary>JudgeBench's output: one decision, or a second one of the exchanged responses.</summary>
internal static class JudgeBenchOutput
{
    public static PairResult Read(JObject row, int index)
    {
        var decisions = (row["decisions"] ?? row["judgments"]) is JArray { Count: 1 or 2 } list
            ? list.Select(one => one is JObject judgment ? judgment["decision"] : one).Select(Decision).ToList()
            : throw new RowException("field \"decisions\" or \"judgments\" is no list of one or two");
        var id = JudgedFields.Id(row, "pair_id", index);
        return new PairResult
        {
            Id = id,
            OriginalId = (string?)row["pair_id"],
            Category = JudgebenchRow.CategoryOf((string?)row["source"] ?? "") ?? "",
            Group = id,
            Label = (string?)row["label"] switch
            {
                "A>B" => PreferenceLabel.First,
                "B>A" => PreferenceLabel.Second,
                var other => throw new RowException($"field \"label\" is \"{other}\"; give A>B or B>A"),
            },
            AsGiven = [decisions[0]],
            Exchanged = decisions.Count > 1 ? [decisions[1].Exchanged()] : [],
        };
    }

    private static Choice? Decision(JToken? written) => (string?)written switch
    {
        "A>B" => Choice.First,
        "B>A" => Choice.Second,
        _ => null,
    };
}
