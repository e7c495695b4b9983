using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Data.Text;

namespace R1Reward.Data.Tests.Text;

public sealed class JsonTextTests
{
    [Theory]
    [InlineData("{} {}")]
    [InlineData("{}x")]
    [InlineData("{")]
    [InlineData("")]
    public void Anything_but_one_value_is_refused(string text)
    {
        Assert.ThrowsAny<JsonException>(() => JsonText.Parse(text));
        Assert.Null(JsonText.ParseObject(text));
    }

    [Fact]
    public void A_list_is_a_value_but_no_object()
    {
        Assert.Equal(2, JsonText.Parse("[1, 2]").Count());
        Assert.Null(JsonText.ParseObject("[1, 2]"));
    }

    [Fact]
    public void A_date_stays_text()
    {
        var read = JsonText.ParseObject("""{ "at": "2020-01-01T00:00:00Z" }""");
        Assert.Equal(JTokenType.String, read!["at"]!.Type);
    }
}
