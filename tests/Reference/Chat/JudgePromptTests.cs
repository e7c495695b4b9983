using Newtonsoft.Json.Linq;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Reference.Tests.Tokenization;
using R1Reward.Tests.Support;
using Xunit;

namespace R1Reward.Reference.Tests.Chat;

public sealed class JudgePromptTests
{
    private const string Section = "chat";

    [ReferenceTheory(Section, "judge_prompts")]
    public void A_pair_is_put_to_the_judge_as_published_in_both_readings_of_its_text(string name)
    {
        var tokenizer = Tokenizers.Load(Section, name);
        var (sanitized, published) = (
            new ChatTemplate(tokenizer),
            new ChatTemplate(tokenizer, UntrustedText.Published));
        RowFile.AssertAll(Section, name, row =>
        {
            var prompt = PromptTemplate.R1Pairwise.Render(PairOf(row));
            Assert.Equal((string)row["prompt"]!, Assert.Single(prompt).Text);
            var ids = row["ids"]!.ToObject<int[]>()!;
            Assert.Equal(ids, tokenizer.Encode((string)row["text"]!));
            Assert.Equal((int)row["count"]!, ids.Length);
            Assert.Equal(ids, published.Render(prompt));
            Assert.Equal(row["ids_sanitized"]?.ToObject<int[]>() ?? ids, sanitized.Render(prompt));
        });
    }

    [ReferenceTheory(Section, "judge_prompts")]
    public void Text_without_any_trusted_part_is_made_safe_alike(string name)
    {
        var tokenizer = Tokenizers.Load(Section, name);
        var template = new ChatTemplate(tokenizer);
        RowFile.AssertAll(Section, name, row =>
        {
            var media = PairOf(row).Media.Select(item => new MediaPart(item));
            var message = new ChatMessage("user", [.. media, new TextPart((string)row["prompt"]!)]);
            Assert.Equal((row["ids_sanitized"] ?? row["ids"])!.ToObject<int[]>(), template.Render([message]));
        });
    }

    private static PreferencePair PairOf(JObject row) =>
        new()
        {
            Id = new PairId((string)row["id"]!),
            Question = (string)row["question"]!,
            Response1 = (string)row["answer1"]!,
            Response2 = (string)row["answer2"]!,
            Media = Enum.TryParse<MediaKind>((string?)row["media"], ignoreCase: true, out var kind)
                ? [new MediaItem(kind, "x")]
                : [],
        };
}
