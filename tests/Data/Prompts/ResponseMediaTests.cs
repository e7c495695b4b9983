using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Data.Tests.Prompts;

public sealed class ResponseMediaTests
{
    private static readonly PreferencePair _pair = new()
    {
        Id = new PairId("p"),
        Question = "a \uE001fox",
        Response1 = "",
        Response2 = "with words",
        Media = [new MediaItem(MediaKind.Image, "start")],
        Media1 = [new MediaItem(MediaKind.Image, "one")],
        Media2 = [new MediaItem(MediaKind.Video, "two")],
    };

    [Fact]
    public void Media_of_a_response_stand_where_its_text_begins()
    {
        Assert.Equal(
            "[start]a fox\nResponse 1: [one]\nResponse 2: [two]with words", Shown(PromptTemplate.Compact, _pair));
        Assert.Equal(
            "[start]a fox\nResponse 1: [two]with words\nResponse 2: [one]",
            Shown(PromptTemplate.Compact, _pair.Swapped()));
        var turned = PromptTemplate.FromText("own", "B {response2}, A {response1}: {question}?");
        Assert.Equal("[start]B [two]with words, A [one]: a fox?", Shown(turned, _pair));
    }

    [Fact]
    public void What_comes_from_the_pair_stays_untrusted_beside_media()
    {
        var parts = PromptTemplate.Compact.Render(_pair)[0].Content.OfType<TextPart>().Where(part => !part.IsTrusted);
        Assert.Equal(["a fox", "with words"], parts.Select(part => part.Text).Where(text => text.Length > 0));
    }

    private static string Shown(PromptTemplate template, PreferencePair pair) => string.Concat(
        Assert.Single(template.Render(pair)).Content.Select(part => part switch
        {
            MediaPart medium => $"[{medium.Item.Path}]",
            TextPart text => text.Text,
            _ => "?",
        }));
}
