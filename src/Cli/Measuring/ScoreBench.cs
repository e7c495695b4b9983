using R1Reward.Policy.Heads;
using R1Reward.Policy.Models;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Cli.Measuring;

/// <summary>
/// Scores of several responses to one question by a scalar model: one after the other, in one batch, and in one batch
/// whose question runs once. What is measured is processor time, which other work on the machine changes little.
/// </summary>
internal static class ScoreBench
{
    private const int Plenty = 1 << 20;

    /// <summary>Measures a shape with random weights and the usual heads, on the calling thread.</summary>
    public static ScoreBenchRow Measure(BenchShape shape, ScoreBenchWork work)
    {
        var config = shape.Config with { HasOutput = false };
        using var model = new ScalarModel(
            CausalLM.Create(config, CPU, ScalarType.Float32, seed: 1),
            ScalarHeads.Create(new ScalarConfig(), config.HiddenSize, CPU, seed: 2));
        var question = Enumerable.Range(0, work.PromptTokens).Select(at => at * at % 256).ToList();
        var rows = Enumerable.Range(0, work.Responses).Select(one => new ScalarRow(
            [.. question, .. Enumerable.Range(0, work.ResponseTokens).Select(at => (one + (7 * at)) % 256)])).ToList();
        double[] Alone() => [.. rows.Select(row => ScalarPass.Evaluate(model, [row], Plenty)[0][0])];
        double[] Batch() => [.. ScalarPass.Evaluate(model, rows, Plenty).Select(scores => scores[0])];
        double[] Shared() => [.. ScalarPass.EvaluateTogether(model, rows, Plenty).Select(scores => scores[0])];

        // The first passes allocate, and compile code.
        var difference = Alone().Zip(Shared(), (one, other) => Math.Abs(one - other)).Max();
        Batch();
        double Least(Func<double[]> pass) => Enumerable.Range(0, work.Rounds).Min(_ => Of(pass));
        return new ScoreBenchRow(shape.Name, Least(Alone), Least(Batch), Least(Shared), difference);
    }

    private static double Of(Func<double[]> pass)
    {
        var before = Environment.CpuUsage.TotalTime;
        pass();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
