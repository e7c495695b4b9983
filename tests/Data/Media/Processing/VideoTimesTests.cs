using R1Reward.Data.Media.Processing;

namespace R1Reward.Data.Tests.Media.Processing;

public sealed class VideoTimesTests
{
    [Fact]
    public void A_group_is_shown_between_its_first_and_its_last_frame_and_the_last_frame_fills_up()
    {
        Assert.Equal([0.5, 2.375, 4], VideoTimes.OfGroups([0, 4, 9, 10, 16], 4, 2));
        Assert.Equal([1.0], VideoTimes.OfGroups([0, 1, 2], 1, 3));
    }

    /// <summary>What Python's format of one decimal gives: a tie goes to the even digit, and few are ties.</summary>
    [Theory]
    [InlineData(0.25, "0.2")]
    [InlineData(0.75, "0.8")]
    [InlineData(2.25, "2.2")]
    [InlineData(0.35, "0.3")]
    [InlineData(0.45, "0.5")]
    [InlineData(2.375, "2.4")]
    [InlineData(0, "0.0")]
    [InlineData(3600.25, "3600.2")]
    public void Seconds_have_one_decimal_as_Python_writes_it(double seconds, string text) =>
        Assert.Equal($"<{text} seconds>", VideoTimes.Text(seconds));
}
