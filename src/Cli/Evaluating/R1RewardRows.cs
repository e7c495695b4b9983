using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// What R1-Reward's evaluators leave: <c>STEM_chunk0_of_1.jsonl</c>, each row of the file with <c>rewards</c>, that of
/// the preferred response first, <c>critic</c>, the reply, and <c>qs</c>, the prompt. Of several samples it has the
/// majority's decision and the first reply. Embedded pictures are left out.
/// </summary>
internal static class R1RewardRows
{
    private static readonly string[] Suites = ["vl-rewardbench", "mm-rlhf", "multimodal-rewardbench"];

    /// <summary>Writes the file of a benchmark that R1-Reward's evaluators judge; nothing for another.</summary>
    /// <param name="folder">The judged pairs, in the order of the file.</param>
    /// <param name="plan">Which pairs.</param>
    /// <param name="pairs">The rows that they come from.</param>
    /// <param name="template">How they were put to the judge.</param>
    public static void Write(EvalFolder folder, EvalPlan plan, SuitePairs pairs, PromptTemplate template)
    {
        if (Suites.Contains(plan.Suite))
        {
            var stem = Path.GetFileNameWithoutExtension(plan.Data!).Replace('*', '_');
            JsonLines.Write(
                folder.PathOf($"{stem}_chunk{plan.Chunk}_of_{plan.Chunks}.jsonl"), Rows(folder, pairs, template));
        }
    }

    private static IEnumerable<JObject> Rows(EvalFolder folder, SuitePairs pairs, PromptTemplate template)
    {
        // Both have the order of the file.
        using var shown = folder.Shown().GetEnumerator();
        var more = shown.MoveNext();
        foreach (var row in pairs.Rows)
        {
            if (!more)
            {
                yield break;
            }

            if (row is not { Fields: { } fields, Pairs: [var pair] } || pair.Id.Value != shown.Current.Result.Id)
            {
                continue;
            }

            if (pair.Label.Preferred() is { } gold)
            {
                yield return Row(fields, pair, gold, shown.Current.Result, shown.Current.Line, template);
            }

            more = shown.MoveNext();
        }
    }

    private static JObject Row(
        JObject fields,
        PreferencePair pair,
        Choice gold,
        PairResult result,
        JObject line,
        PromptTemplate template)
    {
        var isRight = VoteTally.Count([.. result.AsGiven, .. result.Exchanged]).IsCorrect(gold);
        var isExchanged = result.AsGiven.Count == 0;
        var row = new JObject(fields.Properties().Where(field => !IsEmbedded(field.Value)));
        row["rewards"] = isRight ? new JArray(1, 0) : new JArray(0, 1);
        row["critic"] = line["replies"]![0];
        row["qs"] = template.Fill(
            pair.Question,
            isExchanged ? pair.Response2 : pair.Response1,
            isExchanged ? pair.Response1 : pair.Response2);
        return row;
    }

    private static bool IsEmbedded(JToken value) => value switch
    {
        JObject file => file.ContainsKey("bytes"),
        JArray files => files.Any(IsEmbedded),
        _ => false,
    };
}
