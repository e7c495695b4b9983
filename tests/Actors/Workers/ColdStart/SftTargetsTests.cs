using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Workers.ColdStart;
using R1Reward.Data;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.ColdStart;

public sealed class SftTargetsTests : IDisposable
{
    private const string Judgment = "<think>so</think><answer>2</answer>";

    private readonly TempFolder _folder = new();
    private readonly Tokenizer _tokenizer;

    public SftTargetsTests() => _tokenizer = new BpeTrainer().Train(BpeTrainer.MinimumSize, _folder.At("tokenizer"));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_judgment_and_the_end_of_its_turn_are_what_is_learned() =>
        Assert.Equal(Judgment + "<|im_end|>", Learned(RowOf(Judgment)));

    [Fact]
    public void Published_targets_are_all_tokens_from_the_assistant_s_marker_on()
    {
        var row = RowOf(Judgment, "r1reward.sft.targets=published");

        var whole = new ChatTemplate(_tokenizer).Render(
            [new ChatMessage("user", PromptTemplate.Compact.Fill(PairOf(Judgment))), new("assistant", Judgment)],
            addGenerationPrompt: false);
        var marker = _tokenizer.Encode("<|im_start|>assistant");
        var first = Enumerable.Range(0, whole.Length)
            .First(at => whole.AsSpan(at).StartsWith(marker));
        Assert.Equal(whole, row.Tokens);
        Assert.Equal(Enumerable.Range(0, whole.Length).Select(at => at >= first), row.Targets);
    }

    [Fact]
    public void A_prompt_that_counts_is_learned_but_for_its_first_token()
    {
        var (row, read) = (RowOf(Judgment, "r1reward.sft.prompt-weight=0.1"), RowOf(Judgment));

        Assert.Equal(read.Tokens.ToArray(), row.Tokens.ToArray());
        Assert.False(row.Targets[0]);
        Assert.All(row.Targets.Skip(1), Assert.True);
        Assert.Equal(row.TargetCount - read.TargetCount, row.TargetsBefore);
        Assert.Equal(0, read.TargetsBefore);
    }

    [Fact]
    public void Without_reasoning_the_answer_alone_is_learned() =>
        Assert.Equal("<answer>2</answer><|im_end|>", Learned(RowOf(Judgment, "r1reward.sft.reasoning=off")));

    [Fact]
    public void A_judgment_without_an_answer_has_nothing_to_teach_a_judge_that_does_not_reason()
    {
        var wrong = Assert.Throws<UserErrorException>(() => RowOf("the second", "r1reward.sft.reasoning=off"));
        Assert.Contains("pair p: its judgment has no answer tag", wrong.Message);
    }

    private string Learned(TrainingRow row) =>
        _tokenizer.Decode(row.Tokens.Where((_, at) => row.Targets[at]));

    private TrainingRow RowOf(string judgment, params string[] more)
    {
        string[] settings = [.. TinyRunSettings.For(_folder.Path, 0), "r1reward.sft.batch-size=1", .. more];
        var sft = RunSettings.Read(Configurations.Load(null, settings, _ => null).Reader()).Sft;
        var encoder = new PromptEncoder(_tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized);
        return Assert.Single(new SftBatches(sft, new OnePair(PairOf(judgment)), encoder, 1000).At(0));
    }

    private static PreferencePair PairOf(string judgment) => new()
    {
        Id = new PairId("p"),
        Question = "which",
        Response1 = "a",
        Response2 = "b",
        Judgment = judgment,
    };

    private sealed class OnePair(PreferencePair pair) : RunPairs
    {
        public override IReadOnlyList<PreferencePair> HeldOut => [];

        public override PreferencePair Training(long index) => pair;

        public override PreferencePair ColdStart(long index) => pair;

        public override IEnumerable<PreferencePair> ColdStartSamples(int max) => [pair];

        public override void Bind(string modelFolder)
        {
            // One pair fits any model.
        }
    }
}
