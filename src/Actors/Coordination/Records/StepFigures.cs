using R1Reward.Actors.Coordination.Batches;
using R1Reward.Rewards.Judge;
using R1Reward.Rewards.Terms;
using R1Reward.Rewards.Watch;

namespace R1Reward.Actors.Coordination.Records;

/// <summary>The figures of one update, as metrics.jsonl and the screen show them.</summary>
internal static class StepFigures
{
    /// <summary>Joins what the traces say with what the learner measured.</summary>
    /// <param name="traces">The traces that were learned from, with their rewards; at least one.</param>
    /// <param name="learner">The learner's figures by name.</param>
    public static Dictionary<string, double> Compute(
        IReadOnlyList<JudgedTrace> traces, IReadOnlyDictionary<string, double> learner)
    {
        var consistent = traces.Count(judged => judged.Verdict == ConsistencyVerdict.Consistent);
        var inconsistent = traces.Count(judged => judged.Verdict == ConsistencyVerdict.Inconsistent);
        var figures = new Dictionary<string, double>(learner)
        {
            ["samples"] = traces.Count,
            ["accuracy"] = traces.Average(judged => judged.Reward!.Result),
            ["format"] = traces.Average(judged => judged.Reward!.Format),
            ["length"] = traces.Average(judged => judged.Trace.Tokens.Length),
            ["undecided"] = traces.Count(judged => judged.Verdict == ConsistencyVerdict.Undecided),
        };
        var rewards = traces.Select(judged => judged.Reward!.Total).OfType<double>().ToList();
        if (rewards.Count > 0)
        {
            figures["reward"] = rewards.Average();
        }

        if (rewards.Count < traces.Count)
        {
            figures["unrewarded"] = traces.Count - rewards.Count;
        }

        if (consistent + inconsistent > 0)
        {
            figures["consistency"] = consistent / (double)(consistent + inconsistent);
        }

        // Verdicts and the terms that ask the judge themselves.
        var uses = traces
            .SelectMany(judged => judged.Reward!.Terms.Select(term => term.Use).Prepend(judged.JudgeUse))
            .OfType<JudgeUse>()
            .ToList();
        if (JudgeUse.Sum(uses) is { } all)
        {
            figures["judge-seconds"] = all.Seconds / uses.Count;
            figures["judge-requests"] = all.Requests;
            figures["judge-errors"] = all.Errors;
            figures["judge-cache-hits"] = all.CacheHits;
        }

        foreach (var (name, value) in RewardWatch.Figures([.. traces.Select(judged => judged.Watched)]))
        {
            figures[name] = value;
        }

        return figures;
    }
}
