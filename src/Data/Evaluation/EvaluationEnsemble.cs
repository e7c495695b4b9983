using R1Reward.Data.Pairs;

namespace R1Reward.Data.Evaluation;

/// <summary>
/// Several judges as one: each pair that all of them were shown, decided by the mean of their probabilities. Of v votes
/// of n that is (v + 1/2) / (n + 1), so that one vote alone does not outweigh what a scalar model is sure of.
/// </summary>
/// <example>
/// Five votes for the first response (11/12) and a scalar model with a logit of -3 (0.05): 0.48, the second.
/// </example>
public static class EvaluationEnsemble
{
    /// <summary>
    /// The results of all together, in the order of the first: the probability that a response is preferred stands as
    /// its score. A judge without a readable vote, or whose scores have no known scale, has no say in a pair.
    /// </summary>
    public static IReadOnlyList<PairResult> Of(IReadOnlyList<IReadOnlyList<PairResult>> evaluations)
    {
        var byId = evaluations
            .Select(results => results.Where(result => result.Problem is null).ToDictionary(result => result.Id))
            .ToList();
        return
        [
            .. byId[0].Keys
                .Where(id => byId.TrueForAll(results => results.ContainsKey(id)))
                .Select(id => Mean([.. byId.Select(results => results[id])])),
        ];
    }

    private static PairResult Mean(IReadOnlyList<PairResult> judges)
    {
        var first = judges.Average(Probability) ?? 0.5;
        return judges[0] with
        {
            AsGiven = [],
            Exchanged = [],
            Scores = new Dictionary<string, double[]> { ["together"] = [first, 1 - first] },
            Logit = Math.Log(first / (1 - first)),
        };
    }

    private static double? Probability(PairResult result)
    {
        var tally = VoteTally.Count(result.AsGiven.Concat(result.Exchanged));
        return tally.Votes > 0 ? (tally.First + 0.5) / (tally.Votes + 1) : result.FirstProbability;
    }
}
