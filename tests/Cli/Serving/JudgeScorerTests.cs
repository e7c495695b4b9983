using R1Reward.Cli.Serving;
using R1Reward.Data.Evaluation;

namespace R1Reward.Cli.Tests.Serving;

public sealed class JudgeScorerTests
{
    [Fact]
    public void Scores_are_shares_of_votes_won_and_strengths_follow_from_all_of_them()
    {
        var row = JudgeScorer.Scores(3, [Duel(0, 1, 6, 2), Duel(0, 2, 8, 0), Duel(1, 2, 5, 3, unreadable: 2)]);

        Assert.Null(row.Problem);
        Assert.Equal([14 / 16.0, 7 / 16.0, 3 / 16.0], row.Responses.Select(one => one.Score));
        Assert.True(row.Responses[0].Logit > row.Responses[1].Logit);
        Assert.True(row.Responses[1].Logit > row.Responses[2].Logit);
        Assert.Equal(2, (int)row.Responses[2].Parts.Value["unreadable"]!);
    }

    [Fact]
    public void Of_two_responses_the_probability_is_the_share_of_votes_with_half_a_vote_more_for_each()
    {
        var row = JudgeScorer.Scores(2, [Duel(0, 1, 7, 3)]);

        var probabilities = ScoreRanking.Probabilities([.. row.Responses.Select(one => one.Logit)]);
        Assert.Equal(7.5 / 11, probabilities[0], 1e-9);
    }

    [Fact]
    public void A_response_about_which_no_reply_can_be_read_leaves_the_question_without_scores()
    {
        var row = JudgeScorer.Scores(
            3, [Duel(0, 1, 1, 1), Duel(0, 2, 0, 0, unreadable: 2), Duel(1, 2, 0, 0, unreadable: 2)]);

        Assert.StartsWith("none of 4 replies that compare response 3", row.Problem);
        Assert.Empty(row.Responses);
    }

    [Fact]
    public void Responses_that_no_readable_vote_links_cannot_be_ranked()
    {
        var row = JudgeScorer.Scores(4, [Duel(0, 1, 1, 1), Duel(2, 3, 1, 1), Duel(1, 2, 0, 0, unreadable: 2)]);

        Assert.Contains("compare all", row.Problem);
    }

    private static Duel Duel(int first, int second, int won, int lost, int unreadable = 0) =>
        new(first, second, new VoteTally(won, lost, unreadable, null));
}
