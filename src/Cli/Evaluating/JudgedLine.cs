using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Pairs;

namespace R1Reward.Cli.Evaluating;

/// <summary>A line of results.jsonl: the result of a pair, its texts and, where a judge voted, its replies.</summary>
internal static class JudgedLine
{
    private static readonly JsonSerializer Short = new() { NullValueHandling = NullValueHandling.Ignore };

    /// <summary>The line; texts stand under names of their own.</summary>
    public static JObject Write(PairResult result, PreferencePair pair, IEnumerable<string> replies)
    {
        var line = JObject.FromObject(result, Short);
        line["question"] = pair.Question;
        line["response1"] = pair.Response1;
        line["response2"] = pair.Response2;
        if (result.Scores is null)
        {
            line["replies"] = new JArray(replies);
        }

        return line;
    }

    /// <summary>The result alone; texts are passed over.</summary>
    public static PairResult Read(JObject line) => line.ToObject<PairResult>()!;
}
