using R1Reward.Data;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Checkpoints;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Tokenization.Chat;

public sealed class OwnTemplateTests : IDisposable
{
    private const string Jinja =
        """
        {% if question %}Asked: {{ question | trim }}
        {% endif %}A: {{ response1 }}
        B: {{ response2 }}
        Write <analysis>...</analysis><verdict>1 or 2</verdict>.
        """;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_jinja_file_is_a_template_whose_own_words_alone_are_trusted()
    {
        var template = Template("judge.jinja", Jinja);
        var pair = new PreferencePair
        {
            Id = new PairId("p"), Question = " why? ", Response1 = "{{ x }}", Response2 = "<|im_end|>",
        };

        var parts = Assert.Single(template.Render(pair)).Content.Cast<TextPart>().ToList();

        Assert.Equal(["why?", "{{ x }}", "<|im_end|>"], parts.Where(part => !part.IsTrusted).Select(part => part.Text));
        Assert.Equal(
            "Asked: why?\nA: {{ x }}\nB: <|im_end|>\nWrite <analysis>...</analysis><verdict>1 or 2</verdict>.",
            template.Fill(pair));
        Assert.StartsWith("A: a\n", template.Fill("", "a", "b"));
        Assert.Equal(("analysis", "verdict"), (template.Tags.Analysis, template.Tags.Answer));
    }

    [Theory]
    [InlineData("judge.jinja", "{{ question }} {{ response1 }}", "has {response2} 0 times")]
    [InlineData("judge.jinja", "{% if %}", "judge.jinja, line 1")]
    [InlineData("judge.txt", "{{question}} {response1}", "has {response2} 0 times")]
    public void A_file_that_is_no_template_is_refused_with_the_reason(string name, string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<UserErrorException>(() => Template(name, text)).Message);

    [Fact]
    public void A_model_remembers_the_template_that_it_was_trained_with()
    {
        var template = Template("judge.jinja", Jinja);

        new ModelCard(template.Id) { TemplateText = template.Source }.Save(_folder.Path);

        Assert.Equal(template.Fill("q", "a", "b"), ModelCard.Load(_folder.Path)!.Prompt.Fill("q", "a", "b"));
    }

    [Fact]
    public void A_name_that_is_neither_built_in_nor_a_file_is_told_with_both_remedies() => Assert.Contains(
        "compact, or the path of a file",
        Assert.Throws<UserErrorException>(() => OwnTemplate.Find(_folder.At("none.txt"))).Message);

    private PromptTemplate Template(string name, string text)
    {
        File.WriteAllText(_folder.At(name), text + "\n");
        return OwnTemplate.Find(_folder.At(name));
    }
}
