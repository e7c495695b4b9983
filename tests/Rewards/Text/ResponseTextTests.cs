using R1Reward.Rewards.Text;
using R1Reward.Tests.Support;

namespace R1Reward.Rewards.Tests.Text;

public sealed class ResponseTextTests
{
    [FixtureFact]
    public void Replies_are_found_as_the_published_service_finds_them()
    {
        foreach (var row in FixtureCase.Load("r1_response_from_query").Each("rows"))
        {
            var marker = Enum.Parse<ResponseMarker>((string)row["template"]!, ignoreCase: true);
            Assert.Equal((string?)row["response"], ResponseText.After(marker, (string)row["query"]!));
            Assert.Equal((string)row["text_scored"]!, ResponseText.Scored(marker, (string)row["query"]!));
        }
    }

    [Fact]
    public void A_sequence_without_its_marker_is_scored_whole() =>
        Assert.Equal("no marker<|im_end|>", ResponseText.Scored(ResponseMarker.Chatml, "no marker<|im_end|>"));
}
