using R1Reward.Data.Text;

namespace R1Reward.Data.Tests.Text;

public sealed class PercentTests
{
    [Theory]
    [InlineData(0.8094, "80.9 %")]
    [InlineData(1.0, "100.0 %")]
    [InlineData(0.0, "0.0 %")]
    [InlineData(null, "unknown")]
    public void A_share_has_one_decimal_and_an_empty_one_is_unknown(double? share, string text) =>
        Assert.Equal(text, Percent.Format(share));
}
