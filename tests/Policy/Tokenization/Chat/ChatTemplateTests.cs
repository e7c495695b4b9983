using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Tests.Support;

namespace R1Reward.Policy.Tests.Tokenization.Chat;

public sealed class ChatTemplateTests : IDisposable
{
    private static readonly Lazy<Tokenizer> _small = new(() => Tokenizer.Load(Fixtures.Path("small-tokenizer")));

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_trained_vocabulary_is_asked_in_plain_turns_without_a_system_turn()
    {
        var tokenizer = Trained();
        var messages = new[]
        {
            new ChatMessage("user", "\n\nWhich is better?"),
            new ChatMessage("assistant", "1"),
            new ChatMessage("user", "Why?"),
        };
        const string text =
            "<|im_start|>user\n\n\nWhich is better?<|im_end|>\n<|im_start|>assistant\n1<|im_end|>\n"
            + "<|im_start|>user\nWhy?<|im_end|>\n";
        var template = new ChatTemplate(tokenizer);
        Assert.Equal(tokenizer.Encode(text + "<|im_start|>assistant\n"), template.Render(messages));
        Assert.Equal(tokenizer.Encode(text), template.Render(messages, addGenerationPrompt: false));
    }

    [Theory]
    [InlineData(MediaKind.Image, "<|IMAGE|>")]
    [InlineData(MediaKind.Video, "<|VIDEO|>")]
    [InlineData(MediaKind.Audio, "<|AUDIO|>")]
    public void Media_stand_where_a_template_writes_the_names_of_omni(MediaKind kind, string placeholder)
    {
        var trainer = new BpeTrainer();
        trainer.Add("which is better");
        trainer.Train(BpeTrainer.MinimumSize + 16, _folder.Path, [placeholder]);
        File.WriteAllText(
            _folder.At("chat_template.jinja"),
            "{% for turn in messages %}{% if turn['content'] is string %}{{ turn['content'] }}{% else %}"
            + "{% for part in turn['content'] %}{% if part['type'] == 'text' %}{{ part['text'] }}{% else %}"
            + placeholder + "{% endif %}{% endfor %}{% endif %}{% endfor %}");
        var tokenizer = Tokenizer.Load(_folder.Path);
        var shown = new MediaPart(new MediaItem(kind, "a"));

        var ids = new ChatTemplate(tokenizer).Render([new ChatMessage("user", [shown, new TextPart("better")])]);

        Assert.Equal(tokenizer.IdOf(placeholder), ids[0]);
    }

    [FixtureFact]
    public void The_template_of_the_checkpoint_decides_whether_there_is_a_system_turn() =>
        Assert.StartsWith(
            "<|im_start|>system\n",
            _small.Value.Decode(new ChatTemplate(_small.Value).Render([new ChatMessage("user", "x")])),
            StringComparison.Ordinal);

    [FixtureFact]
    public void Media_are_one_placeholder_each_and_text_is_joined_around_them()
    {
        var (image, video) = (
            new MediaPart(new MediaItem(MediaKind.Image, "a.png")),
            new MediaPart(new MediaItem(MediaKind.Video, "b")));
        var ids = new ChatTemplate(_small.Value).Render([
            new ChatMessage(
                "user",
                [image, new TextPart("left "), new TextPart("right", IsTrusted: true), video, image]),
        ]);
        Assert.Equal(
            _small.Value.Encode(
                "<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n"
                + "<|im_start|>user\n<|vision_start|><|image_pad|><|vision_end|>left right"
                + "<|vision_start|><|video_pad|><|vision_end|><|vision_start|><|image_pad|><|vision_end|><|im_end|>\n"
                + "<|im_start|>assistant\n"),
            ids);
    }

    [FixtureFact]
    public void Media_that_the_template_has_no_place_for_are_refused()
    {
        var audio = new ChatMessage(
            "user",
            [new MediaPart(new MediaItem(MediaKind.Audio, "a.wav")), new TextPart("What is heard?")]);
        Assert.Contains(
            "0 places for 1 audio items",
            Assert.Throws<UserErrorException>(() => new ChatTemplate(_small.Value).Render([audio])).Message,
            StringComparison.Ordinal);
    }

    [FixtureFact]
    public void A_reply_ends_the_turn_and_writes_its_tags_as_tokens() =>
        Assert.Equal(
            _small.Value.Encode("<think>a</think><answer>1</answer><|im_end|>"),
            new ChatTemplate(_small.Value).EncodeReply("<think>a</think><answer>1</answer>"));

    [Fact]
    public void A_folder_without_a_template_is_refused_with_the_remedy()
    {
        Trained();
        var path = _folder.At("tokenizer_config.json");
        File.WriteAllText(
            path,
            File.ReadAllText(path).Replace("\"chat_template\"", "\"other\"", StringComparison.Ordinal));
        Assert.Contains(
            "chat_template.jinja",
            Assert.Throws<UserErrorException>(() => new ChatTemplate(Tokenizer.Load(_folder.Path))).Message,
            StringComparison.Ordinal);
    }

    private Tokenizer Trained()
    {
        var trainer = new BpeTrainer();
        trainer.Add("Which is better? Why? Which is better? Why?");
        return trainer.Train(280, _folder.Path);
    }
}
