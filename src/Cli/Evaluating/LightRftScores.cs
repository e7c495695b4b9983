using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// What LightRFT's benchmark of scalar models leaves: <c>evaluation_info.txt</c>, <c>evaluation_results.json</c> and
/// <c>mean_reward_gap.json</c>. A and B are the two responses, C a tie, which is right only where both sums are equal.
/// </summary>
internal static class LightRftScores
{
    /// <summary>Writes the three files into the folder.</summary>
    public static void Write(EvalFolder folder, EvaluationResult result)
    {
        var (right, total) = WriteRows(folder);
        var gaps = result.Heads
            .Where(head => head.Value.Figures.Gaps is not null)
            .Select(head => (head.Key, Gaps: head.Value.Figures.Gaps!))
            .ToList();
        AtomicFile.Write(folder.PathOf("mean_reward_gap.json"), new JObject
        {
            ["mean_reward_gap"] = new JObject(gaps.Select(head => new JProperty(head.Key, head.Gaps.Mean))),
            ["count"] = new JObject(gaps.Select(head => new JProperty(head.Key, head.Gaps.Total))),
        }.ToString(Formatting.Indented) + "\n");
        AtomicFile.Write(
            folder.PathOf("evaluation_info.txt"),
            $"Dataset paths: {folder.Condition["data"] ?? folder.Condition["suite"]}\n"
            + $"Model path: {folder.Condition["model"]}\n"
            + $"Accuracy: {PublishedShare.Of(right, total)}\n"
            + "Mean Reward Gap per head (score_chosen - score_reject):\n"
            + string.Concat(gaps.Select(head => $"  - {head.Key}: {PublishedShare.Number(head.Gaps.Mean)}\n")));
    }

    private static (int Right, int Total) WriteRows(EvalFolder folder)
    {
        var (right, total) = (0, 0);
        JsonArrayFile.Write(folder.PathOf("evaluation_results.json"), Rows());
        return (right, total);

        IEnumerable<JObject> Rows()
        {
            foreach (var (result, _) in folder.Shown())
            {
                var isCorrect = result.Label is not null && result.Decisions().Single() == result.Label.Preferred();
                right += isCorrect ? 1 : 0;
                total++;
                yield return new JObject
                {
                    ["id"] = result.OriginalId ?? result.Id,
                    ["preference"] = PublishedShare.Letter(result.Label),
                    ["scores0"] = Scores(result, 0),
                    ["scores1"] = Scores(result, 1),
                    ["addup_scores0"] = result.Score1,
                    ["addup_scores1"] = result.Score2,
                    ["is_correct"] = isCorrect,
                };
            }
        }
    }

    private static JObject Scores(PairResult result, int response) => new(
        result.Scores!.Select(head => new JProperty(head.Key, head.Value[response])));
}
