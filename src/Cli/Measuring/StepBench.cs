using R1Reward.Data.Traces;
using R1Reward.Policy.Advantages;
using R1Reward.Policy.Losses;
using R1Reward.Policy.Losses.Surrogates;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>
/// Whole updates: replies are sampled, their log-probabilities under a frozen reference computed, and one optimiser
/// step is made of them. Its rate is that of sampled tokens.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class StepBench(TimeProvider time) : IBench
{
    // A pass of the reference, and forward and backward of the policy, per weight and token.
    private const double LearningFlops = 2 + 6;

    private readonly RolloutBench _rollout = new(time);

    public string Name => "step";

    public string Rate => "step_tokens_per_s";

    public double TokensPerSecond(BenchShape shape, ScalarType dtype, BenchOptions options)
    {
        using var model = CausalLM.Create(shape.Config, CPU, dtype, seed: 1);
        model.IsBatchInvariant = options.BatchInvariant;
        using var reference = model.Clone();
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        using var engine = RolloutBench.Engine(model, shape, options);
        var learner = new PolicyLearner(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-4 },
            new PolicyObjective(new StableReinforceLoss()),
            new PolicyLearnerOptions
            {
                TrainBatchSize = shape.Sequences,
                MicroBatchTokens = options.MicroBatchTokens,
            });
        var step = new ReinforceStep(learner, new AdvantagePipeline(), new KlController()) { Reference = reference };

        // The first round is slow: code is compiled.
        Seconds(engine, step, shape);
        var rounds = Enumerable.Range(0, options.Rounds).Select(_ => Seconds(engine, step, shape)).Order().ToList();
        return shape.Sequences * shape.NewTokens / rounds[rounds.Count / 2];
    }

    public double Limit(BenchShape shape, ScalarType dtype, Roofline roofline)
    {
        double sampled = shape.Sequences * shape.NewTokens;
        double learned = shape.Sequences * (shape.PromptTokens + shape.NewTokens);
        var learning = LearningFlops * new MemoryEstimate(shape.Config).Parameters * learned / roofline.Flops;
        return sampled / ((sampled / _rollout.Limit(shape, dtype, roofline)) + learning);
    }

    private double Seconds(Rollout.GenerationEngine engine, ReinforceStep step, BenchShape shape)
    {
        var requests = RolloutBench.Requests(shape, shape.NewTokens);
        var traces = new List<Trace>();
        var start = time.GetTimestamp();
        engine.Generate(requests, traces.Add);
        step.Run([.. traces.Select((trace, i) => new ScoredTrace(trace, i, i % 2, [i % 2]))]);
        return time.GetElapsedTime(start).TotalSeconds;
    }
}
