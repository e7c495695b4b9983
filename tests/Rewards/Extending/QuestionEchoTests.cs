using R1Reward.Data.Pairs;
using R1Reward.Rewards.Terms;

namespace R1Reward.Rewards.Tests.Extending;

public sealed class QuestionEchoTests
{
    [Theory]
    [InlineData("How many are red?", 0)]
    [InlineData("Response 2 counts the circles, too.", 1)]
    public async Task The_example_term_scores_an_analysis_by_what_it_adds(string analysis, double expected)
    {
        var term = new QuestionEchoTerm(new QuestionEchoOptions());

        var score = await term.ScoreAsync(new RewardInput
        {
            Id = "1",
            Reply = $"<think>{analysis}</think><answer>1</answer>",
            Tokens = 9,
            Pair = new PreferencePair
            {
                Id = new PairId("1"),
                Question = "How many are red?",
                Response1 = "one",
                Response2 = "two",
            },
        });

        Assert.Equal(expected, score.Value);
    }
}
