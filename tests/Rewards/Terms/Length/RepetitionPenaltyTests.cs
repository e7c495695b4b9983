using R1Reward.Rewards.Terms.Length;

namespace R1Reward.Rewards.Tests.Terms.Length;

public sealed class RepetitionPenaltyTests
{
    [Fact]
    public void Words_are_compared_without_case_and_text_shorter_than_a_gram_is_free()
    {
        Assert.Equal(-0.25, new RepetitionPenalty().Score("A B C a b c"), 1e-12);
        Assert.Equal(0, new RepetitionPenalty().Score("a a"));
    }

    [Fact]
    public void A_penalty_that_would_pay_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new RepetitionPenalty(new RepetitionOptions { MaxPenalty = 1 }));
}
