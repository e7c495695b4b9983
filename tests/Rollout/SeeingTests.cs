using R1Reward.Data.Formats;
using R1Reward.Data.Media;
using R1Reward.Data.Media.Processing;
using R1Reward.Data.Pairs;
using R1Reward.Data.Prompts;
using R1Reward.Data.Traces;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Prompts;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;

namespace R1Reward.Rollout.Tests;

public sealed class SeeingTests(SeeingFactory factory) : IClassFixture<SeeingFactory>
{
    private readonly PromptEncoder _encoder =
        new(factory.Tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized, factory.Media);

    [Fact]
    public void A_picture_takes_as_many_tokens_as_its_size_asks_for()
    {
        var prompt = _encoder.Encode(SeeingFactory.Pair("p", factory.Picture(1), factory.Picture(2, grid: 4)));

        Assert.Null(prompt.Problem);
        Assert.Equal([9, 16], prompt.Features.Select(factory.Model.Config.Media!.TokensOf));
        Assert.Equal(25, prompt.Tokens.Count(id => id == factory.Model.Config.Vision!.ImageTokenId));
    }

    [Fact]
    public async Task Pictures_that_are_the_responses_are_judged_in_their_places_and_scored_one_at_a_time()
    {
        var (small, large) = (factory.Picture(1), factory.Picture(2, grid: 4));
        var pair = SeeingFactory.Pair("p") with { Response1 = "", Response2 = "", Media1 = [small], Media2 = [large] };

        Assert.Equal([9, 16], _encoder.Encode(pair).Features.Select(factory.Model.Config.Media!.TokensOf));
        Assert.Equal([large, small], _encoder.Encode(pair.Swapped()).Media);
        Assert.Contains("Response 1: ", factory.Tokenizer.Decode([.. _encoder.Encode(pair).Tokens]));

        var conversations = new ConversationEncoder(factory.Tokenizer, UntrustedText.Sanitized, factory.Media);
        var scalar = new ResponseEncoder(conversations, sees: true);
        var row = ResponseRow.From(pair);
        var (first, second) = (await scalar.EncodeAsync(row, 0), await scalar.EncodeAsync(row, 1));
        Assert.Equal(9, factory.Model.Config.Media!.TokensOf(Assert.Single(first.Row!.Media)));
        Assert.Equal(16, factory.Model.Config.Media.TokensOf(Assert.Single(second.Row!.Media)));
    }

    [Fact]
    public async Task A_model_that_reads_text_is_not_asked_about_responses_that_are_pictures()
    {
        var pair = SeeingFactory.Pair("p") with { Media1 = [factory.Picture(1)] };
        var reader = new PromptEncoder(factory.Tokenizer, PromptTemplate.Compact, UntrustedText.Sanitized);
        var scalar = new ResponseEncoder(
            new ConversationEncoder(factory.Tokenizer, UntrustedText.Sanitized), sees: false);

        Assert.Contains("does not see", reader.Encode(pair).Problem);
        Assert.Contains("does not see", (await scalar.EncodeAsync(ResponseRow.From(pair), 0)).Problem);
    }

    [Fact]
    public void A_picture_inside_its_address_is_the_same_as_one_in_a_file()
    {
        var file = factory.Picture(1);
        var inline = new MediaItem(MediaKind.Image, DataUri.FromPng(File.ReadAllBytes(file.Path)));

        Assert.Equal(
            _encoder.Encode(SeeingFactory.Pair("p", file)).Features[0].Values,
            _encoder.Encode(SeeingFactory.Pair("p", inline)).Features[0].Values);
    }

    [Fact]
    public void A_picture_that_cannot_be_read_is_named_with_the_reason()
    {
        var broken = factory.Broken();
        var missing = broken with { Path = broken.Path + ".missing" };

        Assert.Contains(
            "broken.png: ",
            _encoder.Encode(SeeingFactory.Pair("p", factory.Picture(1), broken)).Problem,
            StringComparison.Ordinal);
        Assert.Contains(
            $"{missing.Path}: {MediaStatus.Missing}",
            _encoder.Encode(SeeingFactory.Pair("p", missing)).Problem,
            StringComparison.Ordinal);
        Assert.Contains(
            "Unsupported",
            _encoder.Encode(SeeingFactory.Pair("p", new MediaItem(MediaKind.Image, "data:text/plain,hello"))).Problem,
            StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_loaded_is_kept_while_there_is_room()
    {
        var (first, second) = (factory.Picture(1), factory.Picture(2));
        var one = new MediaStore(
            new MediaProcessor(new PreprocessorConfig(), new PreprocessorConfig()),
            factory.Model.Config.Media!,
            keptBytes: 200_000);
        MediaFeatures Load(MediaItem item) => one.LoadAsync([item], default).GetAwaiter().GetResult()[0].Features!;

        var kept = Load(first);
        Assert.Same(kept, Load(first));
        Load(second);
        Assert.NotSame(kept, Load(first));
    }

    [Fact]
    public void Samples_do_not_depend_on_what_else_is_in_the_batch()
    {
        PreferencePair[] pairs =
        [
            SeeingFactory.Pair("a", factory.Picture(1)),
            SeeingFactory.Pair("b"),
            SeeingFactory.Pair("c", factory.Picture(2, grid: 4), factory.Picture(3)),
        ];
        var together = Run(pairs);

        Assert.All(
            pairs,
            pair => Assert.All(
                Run(pair),
                alone => Assert.Equal(alone.Value.Tokens.ToArray(), together[alone.Key].Tokens.ToArray())));
        Assert.Equal(pairs[2].Media, together["c/0"].Media);
    }

    [Fact]
    public void Log_probabilities_of_samples_are_those_that_training_computes()
    {
        var pair = SeeingFactory.Pair("a", factory.Picture(1), factory.Picture(2, grid: 4));
        var trace = Run(pair)["a/0"];
        var row = TrainingRow.Reply(trace.PromptTokens.AsSpan(), trace.Tokens.AsSpan(), _encoder.Encode(pair).Features);

        var trained = ResponseLogProbs.Compute(factory.Model, [row], 4096)[0];

        Assert.All(trace.LogProbs.Zip(trained), both => Assert.Equal(both.First, both.Second, 1e-3f));
    }

    [Fact]
    public void A_pair_whose_picture_cannot_be_read_gets_no_vote_and_the_others_do()
    {
        using var engine = Engine();
        var results = new List<VoteResult>();
        new Voter(
            engine,
            _encoder,
            new VoteOptions { Samples = 2, Sampling = new SamplingOptions { MaxNewTokens = 4 } })
            .Vote(
                [SeeingFactory.Pair("bad", factory.Broken()), SeeingFactory.Pair("good", factory.Picture(1))],
                results.Add);

        Assert.Equal(
            [("bad", 0), ("good", 2)],
            results.Select(result => (result.Pair.Id.Value, result.Choices.Length)).Order());
        Assert.Contains(
            "broken.png",
            results.Single(result => result.Pair.Id.Value == "bad").Problem,
            StringComparison.Ordinal);
    }

    private GenerationEngine Engine() =>
        new(
            factory.Model,
            factory.Tokenizer,
            new GenerationEngineOptions { MaxSequences = 8, MaxLength = 512, MaxPrefillTokens = 256 });

    private Dictionary<string, Trace> Run(params PreferencePair[] pairs)
    {
        using var engine = Engine();
        return Factory.Run(engine, [.. pairs.Select(Request)]);
    }

    private GenerationRequest Request(PreferencePair pair)
    {
        var prompt = _encoder.Encode(pair);
        return new GenerationRequest
        {
            Id = pair.Id.Value,
            Pair = pair.Id,
            PromptTokens = prompt.Tokens,
            Media = prompt.Media,
            Features = prompt.Features,
            Samples = 2,
            Seed = 5,
            Sampling = new SamplingOptions { MaxNewTokens = 12 },
        };
    }
}
