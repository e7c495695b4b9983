using System.Text;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Protocol;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Pairs;

namespace R1Reward.Actors.Runs.Record;

/// <summary>
/// How a run's model judges held-out pairs at its end: the gaps of a scalar model, and of a judge whether it is right
/// as often as its votes agree, and whether the place of a response sways it.
/// </summary>
internal static class ReportJudging
{
    /// <summary>Appends the pictures; nothing where the run has none of them.</summary>
    public static void Append(StringBuilder html, RecordedRun run)
    {
        html.Append("<div class=\"grid\">");
        foreach (var (name, evaluation) in run.Summary.Evaluations)
        {
            if (evaluation.Gaps is { } gaps)
            {
                EvaluationPictures.AppendGaps(html, run.Summary.TitleOf(name), gaps);
            }
        }

        var result = EvaluationResult.Compute("", Results(run.Traces));
        if (result.Calibration is { } calibration)
        {
            EvaluationPictures.AppendReliability(html, calibration);
        }

        if (result.Places is { } places)
        {
            EvaluationPictures.AppendPlaces(html, places);
        }

        html.Append("</div>");
    }

    // A pair with its responses exchanged has an id of its own, and its choices speak of that order.
    private static List<PairResult> Results(IEnumerable<JObject> traces)
    {
        var atEnd = BatchId.ForEvaluation(Evaluation.AtEnd).ToString();
        return
        [
            .. traces
                .Where(line => (string?)line["sampling"] == atEnd)
                .Select(line => (
                    Id: (string)line["pair"]!, Label: (string?)line["label"], Choice: (Choice?)(int?)line["choice"]))
                .GroupBy(vote => vote.Id.Replace(OrderPolicy.SwappedSuffix, "", StringComparison.Ordinal))
                .Select(votes => Result(votes.Key, votes.ToLookup(vote => vote.Id == votes.Key)))
        ];
    }

    private static PairResult Result(
        string id, ILookup<bool, (string Id, string? Label, Choice? Choice)> votes) => new()
    {
        Id = id,
        Category = "",
        Group = id,
        Label = Enum.TryParse<PreferenceLabel>(votes[true].FirstOrDefault().Label, out var label) ? label : null,
        AsGiven = [.. votes[true].Select(vote => vote.Choice)],
        Exchanged = [.. votes[false].Select(vote => vote.Choice.Exchanged())],
    };
}
