using R1Reward.Data;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Rollout.Sampling;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Rollout.Tests;

/// <summary>Engines that decode in several parts.</summary>
public sealed class EnginePartsTests(Factory factory) : IClassFixture<Factory>
{
    private GenerationRequest[] Requests =>
        [.. Enumerable.Range(1, 9).Select(number => factory.Request(
            $"red circle {number}",
            samples: 1 + (number % 4),
            seed: number,
            sampling: new SamplingOptions { MaxNewTokens = 5 + (3 * number) }))];

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void Parts_give_the_tokens_that_one_gives(int parts)
    {
        using var one = factory.Engine(maxSequences: 7, parts: 1);
        using var several = factory.Engine(maxSequences: 7, parts: parts);
        var expected = Factory.Run(one, Requests);
        var traces = Factory.Run(several, Requests);

        Assert.Equal(parts, several.Parts);
        Assert.Equal(expected.Count, traces.Count);
        Assert.All(expected, pair => Assert.Equal(pair.Value.Tokens.ToArray(), traces[pair.Key].Tokens.ToArray()));
    }

    [Fact]
    public void All_parts_together_stay_within_the_memory_for_keys_and_values()
    {
        const int length = 64;
        var bytes = 4L * length * KvCache.BytesOfOneToken(factory.Model.Config, factory.Model.Dtype);
        using var engine = factory.Engine(maxLength: length, cacheBytes: bytes, parts: 4);
        foreach (var request in Requests)
        {
            engine.Add(request);
        }

        Assert.Equal(4, engine.Parts);
        while (engine.Step(_ => { }))
        {
            Assert.InRange(engine.CacheBytes, 1, bytes);
        }
    }

    [Fact]
    public void There_are_no_more_parts_than_can_hold_the_longest_sequence_each()
    {
        var bytes = 128 * KvCache.BytesOfOneToken(factory.Model.Config, factory.Model.Dtype);
        using var two = factory.Engine(maxLength: 64, cacheBytes: bytes, parts: 4);
        using var one = factory.Engine(maxLength: 65, cacheBytes: bytes, parts: 4);

        Assert.Equal((2, 1), (two.Parts, one.Parts));
    }

    [Fact]
    public void A_failure_in_a_part_fails_the_step_and_the_engine_can_be_used_again()
    {
        using var model = factory.Model.Clone();
        using var engine = new GenerationEngine(
            model, factory.Tokenizer, new GenerationEngineOptions { MaxSequences = 8, MaxLength = 128, Parts = 2 });
        using (no_grad())
        using (var nan = double.NaN.ToScalar())
        {
            model.Parameters["model.norm.weight"].mul_(nan);
        }

        var failure = Assert.Throws<UserErrorException>(() => Factory.Run(engine, Requests));
        Assert.Contains("not finite", failure.Message);

        model.CopyFrom(factory.Model);
        Assert.Equal(Requests.Sum(request => request.Samples), Factory.Run(engine, Requests).Count);
    }

    [Fact]
    public void A_request_that_is_cancelled_leaves_every_part()
    {
        using var engine = factory.Engine(parts: 2);
        engine.Add(factory.Request("red circle", samples: 6, sampling: new SamplingOptions { MaxNewTokens = 200 }));
        engine.Step(_ => { });
        engine.Cancel("red circle");

        Assert.False(engine.HasWork);
    }

    [Fact]
    public void What_a_part_has_made_of_a_cancelled_request_is_not_handed_over()
    {
        using var part = new EnginePart(factory.Model, maxSequences: 4, maxPrefillTokens: 64, cacheTokens: 4096);
        foreach (var name in (string[])["red circle", "blue circle"])
        {
            var request = factory.Request(name, sampling: new SamplingOptions { MaxNewTokens = 1 });
            var sequence = new Sequence(request, 0, 512, factory.Tokenizer, new HashSet<int>());
            part.Add(new SequenceGroup(request.PromptTokens, [sequence]));
        }

        part.Step();
        part.Cancel("blue circle");
        var handedOver = new List<Trace>();
        part.HandOver(default, handedOver.Add);

        Assert.Equal("red circle", SampleId.Parse(Assert.Single(handedOver).Id).Request);
        Assert.False(part.HasNews);
    }

    [Fact]
    public void Listeners_hear_the_tokens_of_all_parts_in_order_on_the_engines_thread()
    {
        using var engine = factory.Engine(parts: 2);
        var thread = Environment.CurrentManagedThreadId;
        var heard = new List<StreamedToken>();
        var request = factory.Request("red circle", samples: 4) with
        {
            OnToken = token =>
            {
                Assert.Equal(thread, Environment.CurrentManagedThreadId);
                heard.Add(token);
            },
        };

        foreach (var trace in Factory.Run(engine, request).Values)
        {
            var sample = SampleId.Parse(trace.Id).Number;
            Assert.Equal(
                trace.Tokens.ToArray(), heard.Where(token => token.Sample == sample).Select(token => token.Token));
        }
    }
}
