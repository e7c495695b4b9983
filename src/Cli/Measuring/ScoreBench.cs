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

    /// <summary>Measures a shape on the calling thread.</summary>
    /// <param name="shape">The sizes of the decoder; heads are those of <c>srm</c> by default.</param>
    /// <param name="responses">How many responses.</param>
    /// <param name="promptTokens">Tokens of the question.</param>
    /// <param name="responseTokens">Tokens of each response.</param>
    /// <param name="rounds">Measurements, of which the least counts.</param>
    public static ScoreBenchRow Measure(
        BenchShape shape, int responses, int promptTokens, int responseTokens, int rounds)
    {
        var config = shape.Config with { HasOutput = false };
        using var model = new ScalarModel(
            CausalLM.Create(config, CPU, ScalarType.Float32, seed: 1),
            ScalarHeads.Create(new ScalarConfig(), config.HiddenSize, CPU, seed: 2));
        var rows = Enumerable.Range(0, responses).Select(one => new ScalarRow(
        [
            .. Enumerable.Range(0, promptTokens).Select(at => at * at % 256),
            .. Enumerable.Range(0, responseTokens).Select(at => (one + (7 * at)) % 256),
        ])).ToList();
        double[] Alone() => [.. rows.Select(row => ScalarPass.Evaluate(model, [row], Plenty)[0][0])];
        double[] Batch() => [.. ScalarPass.Evaluate(model, rows, Plenty).Select(scores => scores[0])];
        double[] Shared() => [.. ScalarPass.EvaluateTogether(model, rows, Plenty).Select(scores => scores[0])];

        // The first passes allocate, and compile code.
        var difference = Alone().Zip(Shared(), (one, other) => Math.Abs(one - other)).Max();
        Batch();
        var seconds = Enumerable.Range(0, rounds).Select(_ => (Of(Alone), Of(Batch), Of(Shared))).ToList();
        return new ScoreBenchRow(
            shape.Name,
            seconds.Min(round => round.Item1),
            seconds.Min(round => round.Item2),
            seconds.Min(round => round.Item3),
            difference);
    }

    private static double Of(Func<double[]> pass)
    {
        var before = Environment.CpuUsage.TotalTime;
        pass();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
