using R1Reward.Data;
using R1Reward.Data.Traces;
using R1Reward.Policy.Models.Decoder;
using R1Reward.Rollout;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Rollout.Tests;

public sealed class GenerationEngineTests : IClassFixture<Factory>
{
    private const double Tolerance = 1e-4;

    private readonly Factory _factory;

    public GenerationEngineTests(Factory factory) => _factory = factory;

    private GenerationRequest[] Mixed =>
    [
        _factory.Request("red circle", samples: 3),
        _factory.Request("blue square: how many? red circle, blue square", samples: 3, seed: 2),
        _factory.Request("yes", sampling: new SamplingOptions { MaxNewTokens = 40 }),
        _factory.Request(
            "how many?",
            samples: 2,
            seed: 3,
            sampling: new SamplingOptions { MaxNewTokens = 5, Temperature = 0.7, TopP = 0.9 }),
    ];

    [Fact]
    public void Log_probs_equal_a_full_forward_over_prompt_and_output()
    {
        using var engine = _factory.Engine();
        foreach (var trace in Factory.Run(engine, Mixed).Values)
        {
            Assert.Equal(trace.Tokens.Length, trace.LogProbs.Length);
            var expected = Recomputed(trace);
            for (var i = 0; i < expected.Length; i++)
            {
                Assert.Equal(expected[i], trace.LogProbs[i], Tolerance);
            }
        }
    }

    [Fact]
    public void Greedy_takes_what_a_full_forward_finds_most_likely()
    {
        using var engine = _factory.Engine();
        var trace = Factory.Run(
            engine,
            _factory.Request(
                "red circle",
                sampling: new SamplingOptions { Temperature = 0, MaxNewTokens = 15 })).Values.Single();
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        int[] all = [.. trace.PromptTokens, .. trace.Tokens];
        var best = _factory.Model.Logits(_factory.Model.Hidden(Ids(all))).argmax(-1).view(-1).data<long>().ToArray();
        for (var i = 0; i < trace.Tokens.Length; i++)
        {
            Assert.Equal(best[trace.PromptTokens.Length - 1 + i], trace.Tokens[i]);
        }
    }

    [Theory]
    [InlineData(3, 64)]
    [InlineData(4, 1)]
    [InlineData(64, 4096)]
    public void Sequence_depends_neither_on_its_neighbours_nor_on_the_batch_size(int maxSequences, int maxPrefillTokens)
    {
        using var together = _factory.Engine(maxSequences, maxPrefillTokens: maxPrefillTokens);
        var traces = Factory.Run(together, Mixed);
        Assert.Equal(Mixed.Sum(request => request.Samples), traces.Count);
        foreach (var request in Mixed)
        {
            using var alone = _factory.Engine();
            foreach (var (id, trace) in Factory.Run(alone, request))
            {
                Assert.Equal(trace.Tokens.ToArray(), traces[id].Tokens.ToArray());
                Assert.Equal(trace.Finish, traces[id].Finish);
            }
        }
    }

    [Fact]
    public void Same_seed_repeats_and_another_seed_or_sample_differs()
    {
        using var engine = _factory.Engine();
        var first = Factory.Run(engine, _factory.Request("red circle", samples: 2, seed: 5));
        var again = Factory.Run(engine, _factory.Request("red circle", samples: 2, seed: 5));
        var other = Factory.Run(engine, _factory.Request("red circle", samples: 2, seed: 6));
        Assert.Equal(first["red circle/0"].Tokens.ToArray(), again["red circle/0"].Tokens.ToArray());
        Assert.NotEqual(first["red circle/0"].Tokens.ToArray(), other["red circle/0"].Tokens.ToArray());
        Assert.NotEqual(first["red circle/0"].Tokens.ToArray(), first["red circle/1"].Tokens.ToArray());
    }

    [Fact]
    public void More_samples_than_rows_are_sampled_all_the_same()
    {
        using var small = _factory.Engine(maxSequences: 3);
        using var large = _factory.Engine(maxSequences: 20);
        var few = Factory.Run(small, _factory.Request("red", samples: 10));
        var many = Factory.Run(large, _factory.Request("red", samples: 10));
        Assert.Equal(10, few.Count);
        Assert.All(few, pair => Assert.Equal(many[pair.Key].Tokens.ToArray(), pair.Value.Tokens.ToArray()));
    }

    [Fact]
    public void Stop_token_ends_and_stays_with_its_text_left_out()
    {
        using var engine = _factory.Engine(maxSequences: 64);
        var traces = Factory.Run(
            engine,
            _factory.Request("red", samples: 64, sampling: new SamplingOptions { MaxNewTokens = 200 }));
        var stopped = traces.Values.Where(trace => trace.Finish == FinishReason.Stop).ToList();
        Assert.NotEmpty(stopped);
        Assert.All(stopped, trace =>
        {
            Assert.Contains(trace.Tokens[^1], _factory.Tokenizer.StopIds);
            Assert.DoesNotContain(trace.Tokens[..^1], token => _factory.Tokenizer.StopIds.Contains(token));
            Assert.Equal(_factory.Tokenizer.Decode(trace.Tokens[..^1], skipSpecial: true), trace.Text);
        });
    }

    [Fact]
    public void Token_limit_ends_with_length()
    {
        using var engine = _factory.Engine(maxLength: 8);
        var trace = Factory.Run(
            engine,
            _factory.Request(
                "red",
                sampling: new SamplingOptions { Temperature = 0, MaxNewTokens = 100 })).Values.Single();
        Assert.Equal(FinishReason.Length, trace.Finish);
        Assert.Equal(8, trace.PromptTokens.Length + trace.Tokens.Length);
    }

    [Fact]
    public void Stop_string_ends_as_soon_as_its_text_is_complete()
    {
        using var engine = _factory.Engine();
        var free = Factory.Run(
            engine,
            _factory.Request(
                "red",
                sampling: new SamplingOptions { Temperature = 0, MaxNewTokens = 12 })).Values.Single();
        var decoder = new Policy.Tokenization.StreamingDecoder(_factory.Tokenizer);
        var pieces = free.Tokens.Select(decoder.Add).ToList();

        // Spans a token boundary: the last character of one piece and the first of the next.
        var place = Enumerable.Range(1, pieces.Count - 1).First(i => pieces[i - 1].Length > 0 && pieces[i].Length > 0);
        var stop = string.Concat(pieces[place - 1][^1], pieces[place][0]);
        var trace = Factory.Run(
            engine,
            _factory.Request(
                "red",
                sampling: new SamplingOptions
                {
                    Temperature = 0,
                    MaxNewTokens = 12,
                    StopStrings = [stop, "never"],
                })).Values.Single();
        Assert.Equal(FinishReason.Stop, trace.Finish);
        Assert.Contains(stop, trace.Text, StringComparison.Ordinal);
        Assert.DoesNotContain(
            stop,
            _factory.Tokenizer.Decode(trace.Tokens[..^1], skipSpecial: true),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Traces_are_handed_over_as_they_finish_and_requests_join_while_others_run()
    {
        using var engine = _factory.Engine();
        var finished = new List<string>();
        engine.Add(_factory.Request("long", sampling: new SamplingOptions { Temperature = 0, MaxNewTokens = 30 }));
        engine.Step(trace => finished.Add(trace.Id));
        engine.Add(_factory.Request("short", sampling: new SamplingOptions { Temperature = 0, MaxNewTokens = 2 }));
        while (engine.Step(trace => finished.Add(trace.Id)))
        {
        }

        Assert.Equal(["short/0", "long/0"], finished);
    }

    [Fact]
    public void Version_is_written_on_traces_and_fixed_while_they_run()
    {
        using var engine = _factory.Engine();
        engine.Version = new PolicyVersion(4);
        Assert.Equal(new PolicyVersion(4), Factory.Run(engine, _factory.Request("red")).Values.Single().Version);
        engine.Add(_factory.Request("red"));
        Assert.Throws<InvalidOperationException>(() => engine.Version = new PolicyVersion(5));
    }

    [Fact]
    public void A_short_cache_runs_fewer_together_and_changes_nothing()
    {
        var little = KvCache.BytesOfOneToken(_factory.Model.Config, _factory.Model.Dtype) * 128;
        using var narrow = _factory.Engine(cacheBytes: little);
        using var ample = _factory.Engine();
        var expected = Factory.Run(ample, Mixed);
        var traces = Factory.Run(narrow, Mixed);
        Assert.Equal(expected.Keys.Order(), traces.Keys.Order());
        Assert.All(expected, pair => Assert.Equal(pair.Value.Tokens.ToArray(), traces[pair.Key].Tokens.ToArray()));
        Assert.InRange(narrow.CacheBytes, 1, little);
        Assert.True(ample.CacheBytes > little);
    }

    [Fact]
    public void Without_memory_for_the_cache_the_message_says_what_to_lower()
    {
        using var runner = new ModelRunner(_factory.Model, int.MaxValue, long.MaxValue);
        var error = Assert.Throws<UserErrorException>(() => runner.Reserve(rows: 1_000_000, length: 100_000_000));
        Assert.Contains(
            "1000000 sequences of 100000000 tokens. Lower their limit (r1reward.rollout.cache-memory",
            error.Message,
            StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
        runner.Reserve(rows: 1, length: 10);
        Assert.True(runner.CacheBytes > 0);
    }

    [Fact]
    public void Longer_requests_grow_the_cache()
    {
        using var engine = _factory.Engine();
        Factory.Run(engine, _factory.Request("red", sampling: new SamplingOptions { MaxNewTokens = 3 }));
        var before = engine.CacheBytes;
        var traces = Factory.Run(
            engine,
            _factory.Request("red", sampling: new SamplingOptions { MaxNewTokens = 3 }),
            _factory.Request("blue", sampling: new SamplingOptions { MaxNewTokens = 150, Temperature = 0 }));
        Assert.Equal(2, traces.Count);
        Assert.True(engine.CacheBytes > before);
    }

    [Fact]
    public void Cancellation_drops_what_runs_and_the_engine_works_on()
    {
        using var engine = _factory.Engine(maxSequences: 2);
        using var source = new CancellationTokenSource();
        Assert.Throws<OperationCanceledException>(
            () => engine.Generate(Mixed[..1], _ => source.Cancel(), source.Token));
        Assert.False(engine.HasWork);
        Assert.Equal(3, Factory.Run(engine, Mixed[0]).Count);
    }

    [Fact]
    public void Prompt_without_room_for_a_token_is_a_users_mistake()
    {
        using var engine = _factory.Engine(maxLength: 4);
        var error = Assert.Throws<UserErrorException>(
            () => engine.Add(_factory.Request("how many? how many? how many?")));
        Assert.Contains("4", error.Message, StringComparison.Ordinal);
        Assert.Throws<UserErrorException>(
            () => engine.Add(_factory.Request("red", sampling: new SamplingOptions { TopP = 0 })));
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        using var engine = _factory.Engine();
        Factory.Run(engine, Mixed);
        var before = Tensor.TotalCount;
        Factory.Run(engine, Mixed);
        Assert.InRange(Tensor.TotalCount, 0, before);
    }

    private static Tensor Ids(int[] ids) =>
        tensor(ids.Select(id => (long)id).ToArray(), dtype: ScalarType.Int64).view(1, -1);

    private double[] Recomputed(Trace trace)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        int[] all = [.. trace.PromptTokens, .. trace.Tokens];
        var hiddenTC = _factory.Model.Hidden(Ids(all))
            .squeeze(0)
            .narrow(0, trace.PromptTokens.Length - 1, trace.Tokens.Length);
        var targetsT = tensor(trace.Tokens.Select(id => (long)id).ToArray(), dtype: ScalarType.Int64);
        return [.. _factory.Model.LogProbs(hiddenTC, targetsT).data<float>().ToArray().Select(value => (double)value)];
    }
}
