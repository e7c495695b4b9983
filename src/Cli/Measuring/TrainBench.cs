using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>Supervised train steps: forward, backward, clipping and AdamW.</summary>
/// <param name="time">The clock.</param>
internal sealed class TrainBench(TimeProvider time) : IBench
{
    /// <summary>Time of steps that do not count, two at least: they allocate, and code is compiled.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(4);

    public string Name => "train";

    public string Rate => "train_tokens_per_s";

    public double TokensPerSecond(BenchShape shape, ScalarType dtype, BenchOptions options)
    {
        using var model = CausalLM.Create(shape.Config, CPU, dtype, seed: 1);
        using var optimizer = new AdamW(model.Trained, new AdamWOptions());
        var tokens = shape.TrainRows * shape.TrainLength;
        var trainer = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-4 },
            new()
            {
                MicroBatchTokens = options.MicroBatchTokens,
                GradientCheckpointing = options.GradientCheckpointing,
            });
        var rows = Enumerable.Range(0, shape.TrainRows).Select(number => TrainingRow.Reply(
            [number % 256],
            [.. Enumerable.Range(1, shape.TrainLength).Select(place => (number + (place * place)) % 256)])).ToList();
        var start = time.GetTimestamp();
        for (var step = 0; step < 2 || time.GetElapsedTime(start) < WarmUp; step++)
        {
            trainer.Step(rows);
        }

        double[] rounds = [.. Enumerable.Range(0, options.Rounds).Select(_ => trainer.Step(rows).Elapsed.TotalSeconds)];
        return tokens / rounds.Order().ElementAt(rounds.Length / 2);
    }

    public double Limit(BenchShape shape, ScalarType dtype, Roofline roofline) =>
        roofline.Flops / (6.0 * new MemoryEstimate(shape.Config).Parameters);
}
