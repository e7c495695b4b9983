using R1Reward.Data.Evaluation.Ranking;
using R1Reward.Data.Randomness;

namespace R1Reward.Data.Tests.Evaluation.Ranking;

public sealed class BradleyTerryTests
{
    [Fact]
    public void Two_candidates_are_apart_by_the_logarithm_of_their_wins()
    {
        var strengths = BradleyTerry.Strengths(2, [new PairedGames(0, 1, 3, 1)]);
        Assert.Equal(Math.Log(3.5 / 1.5), strengths[0] - strengths[1], 1e-9);
        Assert.Equal(0, strengths.Sum(), 1e-9);
    }

    [Fact]
    public void Candidates_in_a_chain_are_apart_by_each_link_alone()
    {
        var strengths = BradleyTerry.Strengths(
            3, [new PairedGames(0, 1, 5, 0), new PairedGames(2, 1, 1, 1)], prior: 1);
        Assert.Equal(Math.Log(6 / 1.0), strengths[0] - strengths[1], 1e-9);
        Assert.Equal(0, strengths[2] - strengths[1], 1e-9);
    }

    /// <summary>
    /// The reference climbs the logarithm of the likelihood by Newton's method with finite differences.
    /// </summary>
    [Fact]
    public void A_whole_tournament_has_the_strengths_of_the_highest_likelihood()
    {
        var random = CounterRandom.For(5, "games");
        var games = (
            from a in Enumerable.Range(0, 6)
            from b in Enumerable.Range(a + 1, 5 - a)
            select new PairedGames(a, b, random.Next(8), random.Next(8))).ToList();
        var strengths = BradleyTerry.Strengths(6, games);
        var climbed = Climb(6, games, prior: 0.5);
        Assert.All(strengths.Zip(climbed), pair => Assert.Equal(pair.Second, pair.First, 1e-6));
    }

    [Fact]
    public void Whoever_wins_all_games_has_a_finite_strength_and_is_first()
    {
        var strengths = BradleyTerry.Strengths(
            3, [new PairedGames(0, 1, 15, 0), new PairedGames(0, 2, 15, 0), new PairedGames(1, 2, 15, 0)]);
        Assert.True(strengths[0] > strengths[1] && strengths[1] > strengths[2]);
        Assert.All(strengths, strength => Assert.True(double.IsFinite(strength)));
    }

    [Fact]
    public void Candidates_that_never_met_are_not_compared() => Assert.Throws<ArgumentException>(
        () => BradleyTerry.Strengths(4, [new PairedGames(0, 1, 1, 0), new PairedGames(2, 3, 1, 0)]));

    private static double[] Climb(int candidates, List<PairedGames> games, double prior)
    {
        const double Step = 1e-4;
        var at = new double[candidates];
        for (var round = 0; round < 500; round++)
        {
            for (var i = 0; i < candidates; i++)
            {
                double Moved(double by) => LogLikelihood([.. at.Select((s, k) => k == i ? s + by : s)], games, prior);
                var (up, here, down) = (Moved(Step), Moved(0), Moved(-Step));
                at[i] -= (up - down) / 2 * Step / (up - (2 * here) + down);
            }
        }

        var mean = at.Average();
        return Array.ConvertAll(at, strength => strength - mean);
    }

    private static double LogLikelihood(double[] strengths, List<PairedGames> games, double prior) => games.Sum(game =>
    {
        var difference = strengths[game.A] - strengths[game.B];
        return -((game.WinsA + prior) * Math.Log(1 + Math.Exp(-difference)))
            - ((game.WinsB + prior) * Math.Log(1 + Math.Exp(difference)));
    });
}
