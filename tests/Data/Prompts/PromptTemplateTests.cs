using System.Security.Cryptography;
using System.Text;
using R1Reward.Data.Media;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;

namespace R1Reward.Data.Tests.Prompts;

public sealed class PromptTemplateTests
{
    [Theory]
    [InlineData("r1-pairwise", 717, "5593ecd7d4d7ec96")]
    [InlineData("r1-aspects", 1499, "2cd97151e5dcddb6")]
    public void Published_templates_are_literal(string id, int length, string hash)
    {
        var text = PromptTemplate.Get(id).Text;
        Assert.Equal(
            (length, hash),
            (text.Length, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]));
    }

    [Fact]
    public void A_template_of_ones_own_has_its_placeholders_in_any_order_and_names_its_tags()
    {
        var template = PromptTemplate.FromText(
            "judge.txt", "A: {response1}\nB: {response2}\nAsked: {question}\n<why>...</why><best>1</best>");

        Assert.Equal("A: one\nB: {question}\nAsked: what?\n<why>...</why><best>1</best>", template.Fill(
            "what?", "one", "{question}"));
        Assert.Equal(("why", "best"), (template.Tags.Analysis, template.Tags.Answer));
        Assert.All(PromptTemplate.All, builtIn => Assert.Equal(JudgmentTags.Published, builtIn.Tags));
    }

    [Theory]
    [InlineData("{question} {response1}", "template x has {response2} 0 times; a prompt shows it once")]
    [InlineData("{question} {response1} {response2} {question}", "template x has {question} 2 times")]
    [InlineData("{question} {response1} {response2} <a></a>", "template x shows the tags <a>; a judgment is read")]
    public void A_template_of_ones_own_that_cannot_be_filled_or_read_back_is_refused(string text, string message) =>
        Assert.StartsWith(
            message, Assert.Throws<UserErrorException>(() => PromptTemplate.FromText("x", text)).Message);

    [Fact]
    public void Responses_with_braces_and_placeholder_text_stay_as_they_are()
    {
        var text = PromptTemplate.Compact.Fill("Which {x}? {answer1}", "{answer2} and {0}", "{question}");
        Assert.Equal("Which {x}? {answer1}\nResponse 1: {answer2} and {0}\nResponse 2: {question}", text);
    }

    [Fact]
    public void A_filled_prompt_is_taken_apart_again_by_its_own_template_only()
    {
        foreach (var template in PromptTemplate.All)
        {
            var text = template.Fill("What is\nthis?", "a {cat}", "a\n\ndog");
            Assert.True(template.TryParse(text, out var question, out var first, out var second));
            Assert.Equal(("What is\nthis?", "a {cat}", "a\n\ndog"), (question, first, second));
            Assert.All(
                PromptTemplate.All.Where(other => other != template),
                other => Assert.False(other.TryParse(text, out _, out _, out _)));
        }
    }

    [Fact]
    public void A_missing_question_becomes_the_captioning_task_in_the_aspects_template() =>
        Assert.Contains("[Question]:\nWrite a caption of the image.  \n", PromptTemplate.R1Aspects.Fill("", "a", "b"));

    [Fact]
    public void An_unknown_template_names_the_known_ones() =>
        Assert.Contains(
            "r1-pairwise, r1-aspects, answer-only, compact",
            Assert.Throws<UserErrorException>(() => PromptTemplate.Get("t1")).Message);

    [Fact]
    public void A_pair_becomes_one_user_turn_with_its_media()
    {
        var pair = new PreferencePair
        {
            Id =
                new PairId("p"), Question =
                    "Q", Response1 = "a", Response2 = "b", Media = [new MediaItem(MediaKind.Image, "x.png")],
        };
        var turn = Assert.Single(PromptTemplate.R1Pairwise.Render(pair));
        Assert.Equal(
            ("user", PromptTemplate.R1Pairwise.Fill("Q", "a", "b"), "x.png"),
            (turn.Role, turn.Text, turn.Media.Single().Path));
        Assert.IsType<MediaPart>(turn.Content[0]);
    }

    [Fact]
    public void Only_the_words_of_the_template_are_trusted()
    {
        var pair = new PreferencePair { Id = new PairId("p"), Question = "Q", Response1 = "a", Response2 = "b" };
        var parts = PromptTemplate.R1Pairwise.Render(pair)[0].Content.Cast<TextPart>().ToList();
        Assert.Equal(["Q", "a", "b"], parts.Where(part => !part.IsTrusted).Select(part => part.Text));
        Assert.Contains(
            parts, part => part.IsTrusted && part.Text.Contains("<answer>1/2</answer>", StringComparison.Ordinal));
    }
}
