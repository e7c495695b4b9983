using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Files;
using R1Reward.Data.Pairs;

namespace R1Reward.Cli.Evaluating;

/// <summary>
/// What LightRFT's benchmark of judges leaves: <c>evaluation_info.txt</c> and <c>all_results.jsonl</c>, a line for each
/// reply. The phrases are those of its texts, for a response in place of a picture.
/// </summary>
internal static class LightRftReplies
{
    /// <summary>Writes both files into the folder.</summary>
    public static void Write(EvalFolder folder)
    {
        var (right, unread, total) = (0, 0, 0);
        JsonLines.Write(folder.PathOf("all_results.jsonl"), Rows());
        AtomicFile.Write(
            folder.PathOf("evaluation_info.txt"),
            $"Dataset paths: {folder.Condition["data"] ?? folder.Condition["suite"]}\n"
            + $"Model path: {folder.Condition["model"]}\n"
            + $"Max new tokens: {folder.Condition["max-new-tokens"]}\n"
            + $"Accuracy: {PublishedShare.Of(right, total)}\n"
            + $"Parse Failure Rate: {PublishedShare.Of(unread, total)}\n");

        IEnumerable<JObject> Rows()
        {
            foreach (var (result, line) in folder.Shown())
            {
                var votes = result.AsGiven.Select(choice => (Choice: choice, Gold: result.Label.Preferred()))
                    .Concat(result.Exchanged.Select(choice => (
                        Choice: choice.Exchanged(), Gold: result.Label.Preferred().Exchanged())));
                foreach (var ((choice, gold), text) in votes.Zip((JArray)line["replies"]!))
                {
                    right += choice is not null && choice == gold ? 1 : 0;
                    unread += choice is null ? 1 : 0;
                    total++;
                    yield return new JObject
                    {
                        ["id"] = result.OriginalId ?? result.Id,
                        ["prompt"] = line["question"],
                        ["ground_truth"] = gold is { } better ? Phrase(better) : null,
                        ["predicted_answer"] = choice is { } said ? Phrase(said) : null,
                        ["is_correct"] = choice is not null && choice == gold,
                        ["generated_text"] = text,
                    };
                }
            }
        }
    }

    private static string Phrase(Choice choice) => $"Response {(int)choice} is better";
}
