using Newtonsoft.Json.Linq;
using R1Reward.Data.Pairs;

namespace R1Reward.Data.Formats;

/// <summary>
/// Rows with lists of preferred and of rejected replies: RewardBench 2 and RM-Bench. Every preferred reply makes a pair
/// with every rejected one; the pairs of a row are a group, so that ACC+ counts the rows of which all pairs are right.
/// </summary>
internal static class ManyRepliesRow
{
    // RM-Bench's replies are concise, detailed and detailed with markdown, in this order (spec of its evaluator): a
    // preferred reply in the plainer style is the harder case.
    private const int RmBenchStyles = 3;

    public static bool IsRmBench(JObject row) =>
        Matches(row)
        && !row.ContainsKey("num_correct")
        && row["chosen"] is JArray { Count: RmBenchStyles }
        && row["rejected"] is JArray { Count: RmBenchStyles };

    public static bool Matches(JObject row) => IsTexts(row["chosen"]) && IsTexts(row["rejected"]);

    public static IEnumerable<PreferencePair> Read(DataRow row, PairFormat format)
    {
        var isRmBench = format == PairFormat.RmBench;
        var source = isRmBench ? "rm-bench" : "rewardbench2";
        var prompt = row.Text("prompt");
        var chosen = row.Texts("chosen");
        var rejected = row.Texts("rejected");
        var media = row.Media();
        var question = MediaMarkers.Remove(prompt, media);
        var name = row.OptionalText("domain") ?? row.OptionalText("subset");
        var id = row.OptionalName("id");
        if (isRmBench && (chosen.Length != RmBenchStyles || rejected.Length != RmBenchStyles))
        {
            throw new RowException(
                $"the row has {chosen.Length} chosen and {rejected.Length} rejected replies; RM-Bench has three of "
                + "each");
        }

        return
            from first in Enumerable.Range(0, chosen.Length)
            from second in Enumerable.Range(0, rejected.Length)
            let hash = ContentHash.Compute([id ?? "", prompt, chosen[first], rejected[second]])
            select new PreferencePair
            {
                Id = new PairId($"{source}-{row.Index:D6}.{first}.{second}-{hash}"),
                Question = question,
                Response1 = chosen[first],
                Response2 = rejected[second],
                Media = media,
                Label = PreferenceLabel.First,
                Source = source,
                Group = $"{row.Index:D6}-{ContentHash.Compute(prompt)}",
                Category = isRmBench ? CategoryOf(name, first, second) : name,
                OriginalId = id,
            };
    }

    /// <summary>The category of a pair of RM-Bench: its domain and how hard its styles make it.</summary>
    public static string CategoryOf(string? domain, int chosenStyle, int rejectedStyle)
    {
        var difficulty = chosenStyle < rejectedStyle ? "hard" : chosenStyle > rejectedStyle ? "easy" : "normal";
        return domain is null ? difficulty : $"{domain}/{difficulty}";
    }

    private static bool IsTexts(JToken? token) =>
        token is JArray { Count: > 0 } list && list.All(item => item is JValue { Value: string });
}
