using R1Reward.Data.Evaluation.Ranking;

namespace R1Reward.Data.Evaluation.Suites;

/// <summary>
/// The score of RewardBench 2's subset Ties. A prompt with several equally right replies (<c>tied:N</c>) belongs to one
/// with a single right reply (<c>ref:N</c>): the right ones must all lie above the wrong ones, and closer together than
/// they lie above them.
/// </summary>
/// <remarks>
/// 0.3 times the accuracy of either kind, 0.2 times the share of prompts whose gap to the wrong replies is above the
/// spread of the right ones, 0.2 times the same for the smaller gap of both kinds, and 0.01 times the mean hyperbolic
/// tangent of that gap over the spread minus 1; the last three over prompts that have both kinds. Where gap and spread
/// are both 0 the tangent counts 0, as published.
/// </remarks>
internal static class RewardBench2Ties
{
    /// <summary>The score; null without a prompt that has both kinds.</summary>
    public static double? Score(IReadOnlyList<RatedReplies> prompts)
    {
        var tied = OfKind(prompts, "tied:");
        var single = OfKind(prompts, "ref:");
        var both = tied.Keys.Intersect(single.Keys).Select(name => (Tied: tied[name], Single: single[name])).ToList();
        if (both.Count == 0)
        {
            return null;
        }

        return (0.3 * tied.Values.Average(Accuracy))
            + (0.3 * single.Values.Average(Accuracy))
            + (0.2 * both.Average(prompt => Gap(prompt.Tied) > Spread(prompt.Tied) ? 1.0 : 0))
            + (0.2 * both.Average(prompt => Smaller(prompt) > Spread(prompt.Tied) ? 1.0 : 0))
            + (0.01 * both.Average(prompt => Margin(Smaller(prompt), Spread(prompt.Tied))));
    }

    // A prompt that stands there twice counts once, as published, by its last row.
    private static Dictionary<string, RatedReplies> OfKind(IReadOnlyList<RatedReplies> prompts, string kind)
    {
        var found = new Dictionary<string, RatedReplies>();
        foreach (var prompt in prompts.Where(
            prompt => prompt.OriginalId?.StartsWith(kind, StringComparison.Ordinal) == true && prompt.Wrong.Count > 0))
        {
            found[prompt.OriginalId![kind.Length..]] = prompt;
        }

        return found;
    }

    private static double Accuracy(RatedReplies prompt) => Gap(prompt) > 0 ? 1 : 0;

    private static double Gap(RatedReplies prompt) => prompt.Right.Min() - prompt.Wrong.Max();

    private static double Spread(RatedReplies prompt) => prompt.Right.Max() - prompt.Right.Min();

    private static double Smaller((RatedReplies Tied, RatedReplies Single) prompt) =>
        Math.Min(Gap(prompt.Tied), Gap(prompt.Single));

    private static double Margin(double gap, double spread) =>
        gap == 0 && spread == 0 ? 0 : Math.Tanh((gap / spread) - 1);
}
