using Newtonsoft.Json.Linq;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;

namespace R1Reward.Cli.Evaluating;

/// <summary>The figures of an evaluation for programs. Shares are 0-1; null where nothing was counted.</summary>
internal static class EvalJson
{
    /// <summary>The object that <c>--json</c>, <c>--out</c> and summary.json have.</summary>
    public static JObject Write(EvaluationResult result)
    {
        var (overall, both) = (result.Report.Overall, result.Places?.Both);
        return new JObject
        {
            ["micro"] = overall.Accuracy,
            ["macro"] = result.Report.Macro,
            ["acc-plus"] = overall.AccPlus,
            ["unreadable"] = overall.UnreadableRate,
            ["tied"] = overall.Tied,
            ["rows"] = overall.Rows,
            ["left-out"] = result.LeftOut,
            ["undecided"] = result.Undecided,
            ["first-share"] = both?.FirstShare,
            ["same-response"] = both?.SameResponse,
            ["table"] = result.Table is null ? null : new JObject(
                result.Table.Figures.Select(figure => new JProperty(figure.Name, figure.Share))),
            ["categories"] = new JObject(result.Report.Categories.Select(
                category => new JProperty(category.Category, Score(category.Score)))),
            ["heads"] = new JObject(result.Heads.Select(head => new JProperty(head.Key, Head(head.Value)))),
            ["places"] = Token(result.Places),
            ["calibration"] = Token(result.Calibration),
        };
    }

    private static JObject Score(Score score) => new()
    {
        ["rows"] = score.Rows,
        ["accuracy"] = score.Accuracy,
        ["acc-plus"] = score.AccPlus,
        ["unreadable"] = score.UnreadableRate,
        ["tied"] = score.Tied,
    };

    private static JObject Head(HeadResult head) => new()
    {
        ["pairs"] = head.Figures.Pairs,
        ["ties"] = head.Figures.Ties,
        ["accuracy"] = head.Figures.Accuracy,
        ["equal-scores"] = head.Figures.EqualScores,
        ["mean-gap"] = head.Figures.MeanGap,
        ["chosen"] = head.Figures.Chosen,
        ["rejected"] = head.Figures.Rejected,
        ["gaps"] = Token(head.Figures.Gaps),
        ["scores"] = Token(head.Scores),
    };

    private static JToken Token(object? value) => value is null ? JValue.CreateNull() : JToken.FromObject(value);
}
