using R1Reward.Data.Options;

namespace R1Reward.Data.Tests.Options;

public sealed class ValueRulesTests
{
    private enum Loss
    {
        StableReinforce,

        Ppo,
    }

    [Theory]
    [InlineData("on", true)]
    [InlineData("True", true)]
    [InlineData("off", false)]
    [InlineData("FALSE", false)]
    public void A_flag_is_on_or_off_in_any_case(string text, bool expected)
    {
        Assert.True(ValueRules.Flag.Parse(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("5")]
    [InlineData("1.0")]
    [InlineData("1e0")]
    [InlineData(" 1")]
    [InlineData("")]
    [InlineData("99999999999")]
    public void A_whole_number_outside_of_its_bounds_or_in_another_notation_is_refused(string text) =>
        Assert.False(ValueRules.Whole(1, 4).Parse(text, out _));

    [Theory]
    [InlineData("1", 1)]
    [InlineData("4", 4)]
    [InlineData("+2", 2)]
    public void Bounds_are_included(string text, int expected)
    {
        Assert.True(ValueRules.Whole(1, 4).Parse(text, out var value));
        Assert.Equal(expected, value);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("0,5")]
    [InlineData("-0.1")]
    public void What_is_no_finite_number_within_bounds_is_refused(string text) =>
        Assert.False(ValueRules.Number(0).Parse(text, out _));

    [Fact]
    public void Each_rule_says_what_to_write()
    {
        Assert.Equal("write on or off", ValueRules.Flag.Remedy);
        Assert.Equal("write a whole number, 1 or more", ValueRules.Whole(1).Remedy);
        Assert.Equal("write a whole number from 1 to 4", ValueRules.Whole(1, 4).Remedy);
        Assert.Equal("write a number", ValueRules.Number().Remedy);
        Assert.Equal("write a number, 0.5 or more", ValueRules.Number(0.5).Remedy);
        Assert.Equal("write a number, 0.5 or less", ValueRules.Number(max: 0.5).Remedy);
        Assert.Equal("write a number from 0 to 0.5", ValueRules.Number(0, 0.5).Remedy);
        Assert.Equal("write one of stable-reinforce, ppo", ValueRules.OneOf<Loss>().Remedy);
    }

    [Fact]
    public void Names_of_an_enumeration_have_dashes_and_no_capitals()
    {
        var rule = ValueRules.OneOf<Loss>();
        Assert.True(rule.Parse("stable-reinforce", out var value));
        Assert.Equal(Loss.StableReinforce, value);
        Assert.False(rule.Parse("StableReinforce", out _));
        Assert.False(rule.Parse("0", out _));
    }
}
