namespace R1Reward.Data.Evaluation;

/// <summary>What the scores of the responses to one question say of each other.</summary>
public static class ScoreRanking
{
    /// <summary>The place of each response, 1 for the highest score; equal scores share the better place.</summary>
    /// <example>Scores 0.2, 0.9, 0.2 have the ranks 2, 1, 2.</example>
    public static int[] Ranks(IReadOnlyList<double> scores) =>
        [.. scores.Select(score => 1 + scores.Count(other => other > score))];

    /// <summary>
    /// The probability of each response to be the best one, if scores are the logits of preferences: of two that of
    /// Bradley and Terry, of more that of Luce.
    /// </summary>
    /// <example>Logits 1 and 0 have the probabilities 0.731 and 0.269.</example>
    public static double[] Probabilities(IReadOnlyList<double> logits)
    {
        var largest = logits.DefaultIfEmpty().Max();
        double[] weights = [.. logits.Select(logit => Math.Exp(logit - largest))];
        var total = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / total);
    }
}
