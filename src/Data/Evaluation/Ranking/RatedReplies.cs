namespace R1Reward.Data.Evaluation.Ranking;

/// <summary>
/// The replies to one prompt with a rating each, those that are right and the others: scores of a scalar model, or
/// Bradley-Terry strengths from the votes on pairs of them.
/// </summary>
/// <param name="Category">The category of its pairs.</param>
/// <param name="OriginalId">The published id of the row; null where there is none.</param>
/// <param name="Right">Ratings of the right replies.</param>
/// <param name="Wrong">Ratings of the others.</param>
public sealed record RatedReplies(
    string Category, string? OriginalId, IReadOnlyList<double> Right, IReadOnlyList<double> Wrong)
{
    // Strengths of equal votes differ in their last digits.
    private const int Digits = 9;

    /// <summary>
    /// Best of N: 1 where a right reply has the highest rating; where several share it, the share of right ones among
    /// them.
    /// </summary>
    /// <example>Right 2, wrong 1, 0.5, 0.5: 1. Right 2, wrong 2, 1, 1: 0.5. Right 1, wrong 2, 0, 0: 0.</example>
    public double BestOf
    {
        get
        {
            var best = Right.Concat(Wrong).Max();
            var right = Right.Count(rating => rating == best);
            return right / (double)(right + Wrong.Count(rating => rating == best));
        }
    }

    /// <summary>
    /// Joins the pairs of each prompt, by their group. A prompt of which a pair could not be shown is left out: its
    /// replies were not all rated alike.
    /// </summary>
    /// <param name="results">Pairs of a right reply with another one, in that order.</param>
    public static IEnumerable<RatedReplies> Join(IEnumerable<PairResult> results) => results
        .GroupBy(result => result.Group)
        .Where(row => row.All(result => result.Problem is null))
        .Select(row => Rate([.. row]));

    private static RatedReplies Rate(List<PairResult> row)
    {
        var right = row.Select(result => result.Response1).Distinct().ToList();
        var wrong = row.Select(result => result.Response2).Distinct().Except(right).ToList();
        var ratings = row.TrueForAll(result => result.Scores is not null) ? Scores(row) : Strengths(row, right, wrong);
        return new RatedReplies(
            row[0].Category,
            row[0].OriginalId,
            [.. right.Select(reply => ratings[reply])],
            [.. wrong.Select(reply => ratings[reply])]);
    }

    private static Dictionary<string, double> Scores(List<PairResult> row)
    {
        var scores = new Dictionary<string, double>();
        foreach (var result in row)
        {
            scores[result.Response1] = result.Score1!.Value;
            scores[result.Response2] = result.Score2!.Value;
        }

        return scores;
    }

    private static Dictionary<string, double> Strengths(List<PairResult> row, List<string> right, List<string> wrong)
    {
        List<string> replies = [.. right, .. wrong];
        var games = row.Select(result =>
        {
            var votes = VoteTally.Count(result.AsGiven.Concat(result.Exchanged));
            return new PairedGames(
                replies.IndexOf(result.Response1), replies.IndexOf(result.Response2), votes.First, votes.Second);
        });
        var strengths = BradleyTerry.Strengths(replies.Count, [.. games]);
        return replies.Zip(strengths).ToDictionary(one => one.First, one => Math.Round(one.Second, Digits));
    }
}
