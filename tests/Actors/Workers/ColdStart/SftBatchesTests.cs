using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Actors.Tests.Hosting;
using R1Reward.Actors.Workers.ColdStart;
using R1Reward.Data;
using R1Reward.Data.Media;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Policy.Tokenization.Bpe;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using R1Reward.Tests.Support;

namespace R1Reward.Actors.Tests.Workers.ColdStart;

public sealed class SftBatchesTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_lesson_of_responses_shows_what_a_scalar_model_reads_and_teaches_the_preferred_response()
    {
        var settings = Settings("r1reward.sft.lesson=responses", "r1reward.srm.enabled=on", "r1reward.rl.steps=0");
        var pairs = PairSources.Open(settings);
        var tokenizer = new BpeTrainer().Train(BpeTrainer.MinimumSize, _folder.At("tokenizer"));
        var scored = new ResponseEncoder(new ConversationEncoder(tokenizer, UntrustedText.Sanitized), sees: false);
        var prompts = new PromptEncoder(tokenizer, settings.Model.Template, UntrustedText.Sanitized);

        var rows = new SftBatches(settings.Sft, pairs, prompts, maxTokens: 1000).At(0);

        Assert.Equal(settings.Sft.BatchSize, rows.Count);
        foreach (var (index, row) in rows.Index())
        {
            var pair = pairs.ColdStart(index);
            var preferred = pair.Label == PreferenceLabel.First ? pair.Response1 : pair.Response2;
            var (read, _) = await scored.EncodeAsync(pair.Question, preferred, pair.Media);
            Assert.Equal(read!.Tokens.Take(row.Tokens.Length).ToArray(), row.Tokens.ToArray());
            Assert.Equal(preferred + "<|im_end|>", tokenizer.Decode(Taught(row)));
        }
    }

    [Fact]
    public void The_lesson_of_judgments_teaches_the_judgment()
    {
        var settings = Settings();
        var pairs = PairSources.Open(settings);
        var tokenizer = new BpeTrainer().Train(BpeTrainer.MinimumSize, _folder.At("tokenizer"));
        var prompts = new PromptEncoder(tokenizer, settings.Model.Template, UntrustedText.Sanitized);

        var row = new SftBatches(settings.Sft, pairs, prompts, maxTokens: 2000).At(0)[0];

        Assert.Equal(pairs.ColdStart(0).Judgment + "<|im_end|>", tokenizer.Decode(Taught(row)));
    }

    [Fact]
    public void Responses_that_are_pictures_are_left_out_by_name()
    {
        var settings = Settings("r1reward.sft.lesson=responses", "r1reward.srm.enabled=on", "r1reward.rl.steps=0");
        var tokenizer = new BpeTrainer().Train(BpeTrainer.MinimumSize, _folder.At("tokenizer"));
        var prompts = new PromptEncoder(tokenizer, settings.Model.Template, UntrustedText.Sanitized);
        var pairs = new PicturePairs(PairSources.Open(settings));

        var error = Assert.Throws<UserErrorException>(
            () => new SftBatches(settings.Sft, pairs, prompts, maxTokens: 1000).At(0));

        Assert.Contains($"pair {pairs.ColdStart(0).Id}: its responses are pictures", error.Message);
    }

    private static IEnumerable<int> Taught(TrainingRow row) => row.Tokens.Where((_, place) => row.Targets[place]);

    private RunSettings Settings(params string[] more) =>
        RunSettings.Read(TinyRun.Configuration(_folder.Path, 1, more).Reader());

    private sealed class PicturePairs(RunPairs pairs) : RunPairs
    {
        public override IReadOnlyList<PreferencePair> HeldOut => pairs.HeldOut;

        public override PreferencePair Training(long index) => pairs.Training(index);

        public override PreferencePair ColdStart(long index) =>
            pairs.ColdStart(index) with { Media1 = [new MediaItem(MediaKind.Image, "a.png")] };

        public override IEnumerable<PreferencePair> ColdStartSamples(int max) => pairs.ColdStartSamples(max);

        public override void Bind(string modelFolder)
        {
            // Nothing depends on the model here.
        }
    }
}
