using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Rollout.Prompts;

namespace R1Reward.Rollout.Tests;

public sealed class PromptEncoderTests(Factory factory) : IClassFixture<Factory>
{
    [Fact]
    public void A_pair_with_a_picture_is_asked_about_by_its_text_alone()
    {
        var encoder = new PromptEncoder(factory.Tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized);
        var pair =
            new PreferencePair { Id = new PairId("p"), Question = "How many?", Response1 = "one", Response2 = "two" };

        var withPicture = encoder.Encode(pair with { Media = [new MediaItem(MediaKind.Image, "a.png")] });

        Assert.Equal(encoder.Encode(pair).Tokens.ToArray(), withPicture.Tokens.ToArray());
        Assert.Empty(withPicture.Features);
    }

    [Fact]
    public void A_prompt_without_room_is_a_problem_with_its_numbers()
    {
        var pair =
            new PreferencePair { Id = new PairId("p"), Question = "How many?", Response1 = "one", Response2 = "two" };
        var length = new PromptEncoder(factory.Tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized)
            .Encode(pair).Tokens.Length;

        PromptEncoder Until(int longest) =>
            new(factory.Tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized, longest: longest);

        Assert.Null(Until(length).Encode(pair).Problem);
        var tooLong = Until(length - 1).Encode(pair);
        Assert.Equal($"a prompt of {length} tokens, with room for {length - 1}", tooLong.Problem);
        Assert.Empty(tooLong.Tokens);
    }
}
