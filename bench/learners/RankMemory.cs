using System.Globalization;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Measuring;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using static TorchSharp.torch;

namespace R1Reward.Bench.Learners;

/// <summary>
/// The peak of a rank's resident memory over two train steps of a few tokens, beside what is resident before there is a
/// model, and the estimate: that of <c>model inspect</c>, what the passes keep, and the gradient of the output layer,
/// which is made beside the one that it is added to.
/// </summary>
internal static class RankMemory
{
    private const int Rows = 4;
    private const int Length = 32;

    public static void Measure(string name, string dtype, int ranks, string[] shardings)
    {
        foreach (var sharding in shardings)
        {
            var ring = RankChild.Ring(["memory-rank", name, dtype, sharding], threads: 1, ranks);
            foreach (var rank in ring)
            {
                rank.Begin();
            }

            foreach (var (rank, child) in ring.Index())
            {
                var figures = child.Figures();
                var (peak, estimate) = ((double)figures["peak"]!, (double)figures["estimate"]!);
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{name}, {dtype}, {sharding}, rank {rank} of {ranks}: peak {peak / (1 << 20):N0} MiB, "
                    + $"estimate {estimate / (1 << 20):N0} MiB, "
                    + $"of which state {(double)figures["state"]! / (1 << 20):N0} MiB: {peak / estimate:N3}"));
                child.Dispose();
            }
        }
    }

    public static void Run(string name, string format, string part, int rank, int ranks)
    {
        set_num_threads(1);
        var shape = BenchShape.All.Single(shape => shape.Name == name);
        var dtype = Enum.Parse<ScalarType>(format, ignoreCase: true);
        var sharding = Enum.Parse<Sharding>(part, ignoreCase: true);
        using var ring = RankWork.Connect(rank, ranks);
        Console.ReadLine();
        // What libraries set up for themselves is no model's.
        Step(BenchShape.All[0], ring, dtype, sharding);
        GC.Collect();
        var before = Status("VmRSS");
        File.WriteAllText("/proc/self/clear_refs", "5");
        Step(shape, ring, dtype, sharding);
        var size = dtype == ScalarType.Float32 ? 4 : 2;
        var state = ShardedMemory.Of(shape.Config, dtype, sharding, ranks).Total;
        var activations = new MemoryEstimate(shape.Config).Activations(dtype, 1, Length, true, false);
        var output = (long)size * shape.Config.VocabularySize * shape.Config.HiddenSize;
        Console.WriteLine(new JObject
        {
            ["peak"] = Status("VmHWM") - before,
            ["state"] = state,
            ["estimate"] = state + activations + output,
        }.ToString(Newtonsoft.Json.Formatting.None));
    }

    private static void Step(
        BenchShape shape, Policy.Exchange.ICollective ring, ScalarType dtype, Sharding sharding)
    {
        using var model = CausalLM.Create(shape.Config, CPU, dtype, seed: 1);
        using var optimizer = new AdamW(model.Trained, new AdamWOptions { Sharding = sharding }) { Ranks = ring };
        var trainer = new SftTrainer(
            model,
            optimizer,
            new LearningRateSchedule { BaseRate = 1e-4 },
            new SftOptions { MicroBatchTokens = Length, GradientCheckpointing = true });
        var rows = Enumerable.Range(0, Rows)
            .Select(number => TrainingRow.Reply([number], [.. Enumerable.Range(1, Length - 1)])).ToList();
        trainer.Step(rows);
        trainer.Step(rows);
    }

    private static long Status(string key) => 1024 * long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith(key, StringComparison.Ordinal))
            .Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);
}
