using Newtonsoft.Json;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Evaluation.Layouts;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Files;

namespace R1Reward.Cli.Evaluating;

/// <summary>What an evaluation leaves in its folder beside the judged pairs; all of it can be made again.</summary>
internal static class EvalFiles
{
    /// <summary>Name of the page in the folder.</summary>
    public const string Report = "report.html";

    /// <summary>Writes summary.json, report.html and the files in the published layouts.</summary>
    public static void Write(EvalFolder folder, EvaluationResult result)
    {
        AtomicFile.Write(folder.PathOf("summary.json"), EvalJson.Write(result).ToString(Formatting.Indented) + "\n");
        var model = Path.GetFileName((string?)folder.Condition["model"]);
        AtomicFile.Write(
            folder.PathOf(Report),
            EvaluationReport.Write(
                $"{model} on {folder.Condition["suite"]}", EvalPlan.Describe(folder.Condition), result, folder.Lines));
        if (result.Heads.Count > 0)
        {
            LightRftScores.Write(folder, result);
            MmRewardResults.Write(
                folder.PathOf("mm_reward_results.json"), (string?)folder.Condition["model"], folder.Shown());
        }
        else
        {
            LightRftReplies.Write(folder);
        }
    }
}
