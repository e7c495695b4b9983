namespace R1Reward.Data.Evaluation.Ranking;

/// <summary>
/// Strengths of several candidates from games of two: the model of Bradley and Terry, P(a beats b) = 1 / (1 +
/// exp(s_b - s_a)), fitted by the minorisation of Hunter (2004, "MM algorithms for generalized Bradley-Terry models").
/// </summary>
/// <remarks>
/// Every two candidates that met are given <c>prior</c> further wins each. Without them a candidate that never lost
/// would have no finite strength; with them two candidates that met alone are as far apart as the logarithm of (wins +
/// prior) over (losses + prior).
/// </remarks>
/// <example>
/// a won 3 of 4 games against b, prior 0.5: the strengths differ by ln(3.5 / 1.5) = 0.847.
/// </example>
public static class BradleyTerry
{
    private const int MaxRounds = 100_000;
    private const double Close = 1e-13;

    /// <summary>The strength of each candidate, with mean 0; differences are logits.</summary>
    /// <param name="candidates">How many there are.</param>
    /// <param name="games">Who met whom; two candidates may stand in several entries.</param>
    /// <param name="prior">Wins given to both of two that met, above 0.</param>
    /// <exception cref="ArgumentException">
    /// Some candidates are linked to the others by no game, so that nothing compares them.
    /// </exception>
    public static double[] Strengths(int candidates, IReadOnlyCollection<PairedGames> games, double prior = 0.5)
    {
        RequireLinked(candidates, games);
        var met = games
            .GroupBy(game => (Math.Min(game.A, game.B), Math.Max(game.A, game.B)))
            .Select(two => (A: two.Key.Item1, B: two.Key.Item2, Games: two.Sum(game => game.WinsA + game.WinsB)))
            .ToList();
        var wins = new double[candidates];
        foreach (var game in games)
        {
            wins[game.A] += game.WinsA;
            wins[game.B] += game.WinsB;
        }

        foreach (var (a, b, _) in met)
        {
            wins[a] += prior;
            wins[b] += prior;
        }

        var strengths = new double[candidates];
        for (var round = 0; round < MaxRounds; round++)
        {
            var next = Next(strengths, wins, met, prior);
            var change = next.Zip(strengths, (after, before) => Math.Abs(after - before)).Max();
            strengths = next;
            if (change < Close)
            {
                break;
            }
        }

        return strengths;
    }

    private static double[] Next(
        double[] strengths, double[] wins, List<(int A, int B, double Games)> met, double prior)
    {
        var weights = Array.ConvertAll(strengths, Math.Exp);
        var share = new double[strengths.Length];
        foreach (var (a, b, games) in met)
        {
            var each = (games + (2 * prior)) / (weights[a] + weights[b]);
            share[a] += each;
            share[b] += each;
        }

        double[] next = [.. wins.Select((won, one) => share[one] == 0 ? 0 : Math.Log(won / share[one]))];
        var mean = next.Average();
        return Array.ConvertAll(next, strength => strength - mean);
    }

    private static void RequireLinked(int candidates, IReadOnlyCollection<PairedGames> games)
    {
        var reached = new HashSet<int> { 0 };
        bool grew;
        do
        {
            grew = false;
            foreach (var game in games.Where(game => reached.Contains(game.A) != reached.Contains(game.B)))
            {
                reached.Add(game.A);
                reached.Add(game.B);
                grew = true;
            }
        }
        while (grew);
        if (reached.Count < candidates)
        {
            throw new ArgumentException(
                $"{candidates - reached.Count} of {candidates} candidates met none of the others", nameof(games));
        }
    }
}
