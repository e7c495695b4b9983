using R1Reward.Data.Traces;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;
using R1Reward.Rollout.Sampling;
using static TorchSharp.torch;

namespace R1Reward.Rollout.Tests;

/// <summary>A sequence's log-probabilities to the last bit, whatever it is computed with.</summary>
public sealed class BatchInvarianceTests(Factory factory) : IClassFixture<Factory>
{
    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(8, 1, 2)]
    [InlineData(64, 2, 2)]
    public void A_sequence_has_the_same_bits_in_any_batch_and_in_the_learner(int batch, int parts, int threads)
    {
        using var model = factory.Model.Clone();
        model.IsBatchInvariant = true;
        var alone = Run(model, batch: 1, parts: 1, threads: 1, "red circle 3")["red circle 3/0"];
        var others = Enumerable.Range(0, batch).Select(number => $"red circle {number + 3}").ToArray();
        var together = Run(model, batch, parts, threads, others);

        Assert.Equal(alone.Tokens.ToArray(), together["red circle 3/0"].Tokens.ToArray());
        Assert.Equal(alone.LogProbs.ToArray(), together["red circle 3/0"].LogProbs.ToArray());
        TrainingRow[] rows = [.. together.Values.Select(trace => TrainingRow.FromTrace(trace))];
        var learned = ResponseLogProbs.Compute(model, rows, 512);
        Assert.Equal(together.Values.Select(trace => trace.LogProbs.ToArray()), learned.Select(row => row.ToArray()));
    }

    [Fact]
    public void A_prompt_that_begins_like_the_one_before_it_has_the_bits_of_one_that_is_computed_alone()
    {
        string[] prompts = ["red circle, blue square: how many?", "red circle, blue square: red?", "red circle, yes"];
        var together = Run(factory.Model, 1, 1, 1, prompts);
        foreach (var prompt in prompts)
        {
            var alone = Run(factory.Model, 1, 1, 1, prompt);
            Assert.Equal(alone[$"{prompt}/0"].LogProbs.ToArray(), together[$"{prompt}/0"].LogProbs.ToArray());
        }
    }

    [Fact]
    public void New_weights_are_computed_with_from_the_first_token_of_a_prompt_on()
    {
        using var model = factory.Model.Clone();
        using var other = CausalLM.Create(model.Config, CPU, ScalarType.Float32, seed: 8);
        using var engine = Engine(model, 4, 1, 1);
        var before = Factory.Run(engine, factory.Request("red circle")).Values.Single();
        model.CopyFrom(other);
        engine.Version = new PolicyVersion(1);
        var after = Factory.Run(engine, factory.Request("red circle")).Values.Single();

        Assert.NotEqual(before.LogProbs.ToArray(), after.LogProbs.ToArray());
        Assert.Equal(
            Run(other, 1, 1, 1, "red circle").Values.Single().LogProbs[..after.LogProbs.Length].ToArray(),
            after.LogProbs.ToArray());
    }

    private Dictionary<string, Trace> Run(CausalLM model, int batch, int parts, int threads, params string[] prompts)
    {
        using var engine = Engine(model, batch, parts, threads);
        return Factory.Run(engine, [.. prompts.Select(prompt => factory.Request(
            prompt, sampling: new SamplingOptions { MaxNewTokens = 20, StopTokens = new HashSet<int>() }))]);
    }

    private GenerationEngine Engine(CausalLM model, int batch, int parts, int threads) =>
        new(model, factory.Tokenizer, new GenerationEngineOptions
        {
            MaxSequences = batch,
            Parts = parts,
            Threads = threads,
        });
}
