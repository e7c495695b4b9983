using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>Which category of its benchmark a row belongs to.</summary>
public static class SuiteCategory
{
    private static readonly string[] MmRlhfNames = ["mcq", "long", "short", "safety", "video"];

    /// <summary>
    /// VL-RewardBench, by id without regard to case: the official split 183 general, 749 hallucination, 318 reasoning
    /// (decision D9).
    /// </summary>
    public static string VlRewardBench(string id) => VlRewardBench(id, StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// VL-RewardBench as the published script splits it: its comparison minds case, so 301 hallucination rows become
    /// general ones.
    /// </summary>
    public static string VlRewardBenchAsPublished(string id) => VlRewardBench(id, StringComparison.Ordinal);

    /// <summary>
    /// MM-RLHF-RewardBench: the innermost folder of the media path that is named mcq, long, short, safety or video,
    /// else <c>other</c>. Whole folder names are compared, since the published test for a part of the path finds
    /// "long" in a user's <c>long-run/</c>.
    /// </summary>
    /// <param name="mediaPath">The path as the data file has it.</param>
    public static string MmRlhf(string mediaPath) =>
        mediaPath.Split('/', '\\').LastOrDefault(folder => MmRlhfNames.Contains(folder)) ?? "other";

    /// <summary>Multimodal RewardBench: safety and reasoning are split in two by the start of the id.</summary>
    public static string Multimodal(string id, string category) => category switch
    {
        "safety" => StartsWith(id, "pairs") ? "safety/bias" : "safety/toxicity",
        "reasoning" => StartsWith(id, "math") ? "reasoning/math" : "reasoning/coding",
        _ => category,
    };

    /// <summary>
    /// Multimodal RewardBench: whether the second output is the preferred one; anything but exactly <c>Output2</c>
    /// means the first.
    /// </summary>
    public static bool SecondOutputIsPreferred(string better) => better == "Output2";

    /// <summary>
    /// The category of a pair: its own, else by the suite its source names; pairs of other sources are counted by
    /// source and difficulty.
    /// </summary>
    public static string Get(PreferencePair pair) => pair.Category ?? pair.Source switch
    {
        "vl-rewardbench" => VlRewardBench(pair.OriginalId ?? ""),
        "mm-rlhf" => MmRlhf(pair.Media.Count > 0 ? pair.Media[0].Path : ""),
        var source when pair.Difficulty is { } difficulty => $"{source}/grade {difficulty}",
        var source => source,
    };

    private static string VlRewardBench(string id, StringComparison comparison) =>
        ContainsAny(id, comparison, "mmmu", "mathverse") ? "reasoning"
        : ContainsAny(id, comparison, "hallucination", "rlhf", "rlaif") ? "hallucination"
        : "general";

    private static bool ContainsAny(string text, StringComparison comparison, params ReadOnlySpan<string> parts)
    {
        foreach (var part in parts)
        {
            if (text.Contains(part, comparison))
            {
                return true;
            }
        }

        return false;
    }

    private static bool StartsWith(string id, string start) => id.StartsWith(start, StringComparison.OrdinalIgnoreCase);
}
