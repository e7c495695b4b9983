using R1Reward.Rewards.Terms.Maths;

namespace R1Reward.Rewards.Tests.Terms.Maths;

public sealed class MathsTests
{
    [Theory]
    [InlineData("27", "27")]
    [InlineData("27.0", "27")]
    [InlineData("1,000", "1000")]
    [InlineData("\\frac{1}{2}", "1/2")]
    [InlineData("\\dfrac12", "\\frac{1}{2}")]
    [InlineData("0.5", "\\frac{1}{2}")]
    [InlineData("\\frac{\\sqrt{3}}{2}", "\\sqrt{3}/2")]
    [InlineData("2\\pi", "2*pi")]
    [InlineData("3^{2+1}", "3^3")]
    [InlineData("x = 5", "5")]
    [InlineData("50\\%", "50")]
    [InlineData("12\\text{ cm}", "12")]
    [InlineData("\\text{Tuesday}", "tuesday")]
    [InlineData("(1, 0.5)", "(1,\\frac12)")]
    [InlineData("-\\frac{3}{4}", "-0.75")]
    [InlineData("90^\\circ", "90")]
    [InlineData("x+1", "x + 1")]
    public void Answers_are_equal(string answer, string reference) =>
        Assert.True(MathsEquality.Holds(answer, reference));

    [Theory]
    [InlineData("", "27")]
    [InlineData("28", "27")]
    [InlineData("\\frac{27}{1}", "27")]
    [InlineData("2/4", "1/2")]
    [InlineData("(1,2)", "[1,2]")]
    [InlineData("(1,2,3)", "(1,2)")]
    [InlineData("1+x", "x+1")]
    [InlineData("1/0", "2/0")]
    [InlineData("27 or 28", "27")]
    [InlineData("2)", "2")]
    public void Answers_differ(string answer, string reference) => Assert.False(MathsEquality.Holds(answer, reference));

    [Fact]
    public void A_nest_of_brackets_without_end_is_no_answer()
    {
        Assert.False(MathsEquality.Holds(new string('(', 100_000), "1"));
        Assert.False(MathsEquality.Holds(new string('-', 299) + "1", "2"));
    }

    [Theory]
    [InlineData("\\boxed{1} \\boxed{\\frac{a}{b}}", "\\frac{a}{b}")]
    [InlineData("\\boxed{1} \\boxed{2", "1")]
    [InlineData("\\boxed{}", "")]
    [InlineData("27", null)]
    public void The_last_closed_box_holds_the_answer(string reply, string? answer) =>
        Assert.Equal(answer, BoxedAnswer.Last(reply));
}
