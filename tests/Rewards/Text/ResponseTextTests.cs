using R1Reward.Rewards.Text;

namespace R1Reward.Rewards.Tests.Text;

public sealed class ResponseTextTests
{
    [Fact]
    public void A_sequence_without_its_marker_is_scored_whole() =>
        Assert.Equal("no marker<|im_end|>", ResponseText.Scored(ResponseMarker.Chatml, "no marker<|im_end|>"));
}
