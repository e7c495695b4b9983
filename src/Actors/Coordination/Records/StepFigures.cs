using R1Reward.Actors.Coordination.Batches;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Watch;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>The figures of one update as they go to metrics.jsonl and the screen.</summary>
public static class StepFigures
{
    /// <summary>Joins what the traces say with what the learner measured.</summary>
    public static Dictionary<string, double> Of(IReadOnlyList<JudgedTrace> samples, IReadOnlyDictionary<string, double> learner)
    {
        var decided = samples.Count(sample => sample.Verdict is ConsistencyVerdict.Consistent or ConsistencyVerdict.Inconsistent);
        var figures = new Dictionary<string, double>(learner)
        {
            ["samples"] = samples.Count,
            ["reward"] = samples.Average(sample => sample.Reward!.Total),
            ["accuracy"] = samples.Average(sample => sample.Reward!.Result),
            ["format"] = samples.Average(sample => sample.Reward!.Format),
            ["length"] = samples.Average(sample => sample.Trace.Tokens.Length),
            ["undecided"] = samples.Count(sample => sample.Verdict == ConsistencyVerdict.Undecided),
        };
        if (decided > 0)
        {
            figures["consistency"] = samples.Count(sample => sample.Verdict == ConsistencyVerdict.Consistent) / (double)decided;
        }

        // Verdicts and the terms that ask the judge themselves.
        var uses = samples.SelectMany(sample => sample.Reward!.Terms.Select(term => term.Use).Prepend(sample.JudgeUse)).OfType<JudgeUse>().ToList();
        if (JudgeUse.Sum(uses) is { } all)
        {
            figures["judge-seconds"] = all.Seconds / uses.Count;
            figures["judge-requests"] = all.Requests;
            figures["judge-errors"] = all.Errors;
            figures["judge-cache-hits"] = all.CacheHits;
        }

        foreach (var (name, value) in RewardWatch.Figures([.. samples.Select(sample => sample.Watched)]))
        {
            figures[name] = value;
        }

        return figures;
    }
}
