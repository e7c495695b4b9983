using Newtonsoft.Json.Linq;
using R1Reward.Cli.Measuring;
using R1Reward.Policy.Exchange;
using R1Reward.Policy.Exchange.Nccl;
using R1Reward.Policy.Models;
using R1Reward.Policy.Optimization;
using R1Reward.Policy.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace R1Reward.Bench.Learners;

/// <summary>
/// A rank in a process of its own. It says at which port it is called, is told the port of the next rank, and takes a
/// supervised train step for each line that it is given.
/// </summary>
internal static class RankWork
{
    public static void Run(
        string name, string deviceName, Sharding sharding, bool overlaps, int threads, int rank, int ranks)
    {
        set_num_threads(threads);
        var shape = BenchShape.All.Single(shape => shape.Name == name);
        var device = deviceName == "cpu" ? CPU : new Device(DeviceType.CUDA, rank);
        var ring = ranks > 1 ? Connect(rank, ranks) : null;
        using var gpus = new GpuExchange(ExchangeKind.Auto, device, TimeSpan.FromMinutes(5));
        using var exchange = ring is null ? OneRank.Alone : gpus.Over(ring);
        using var model = CausalLM.Create(shape.Config, device, ScalarType.Float32, seed: 1);
        var rows = Enumerable.Range(0, shape.TrainRows).Select(number => TrainingRow.Reply(
            [number % 256],
            [.. Enumerable.Range(1, shape.TrainLength).Select(place => (number + (place * place)) % 256)])).ToList();
        using var optimizer = new AdamW(
            model.Trained, new AdamWOptions { Sharding = sharding, Overlaps = overlaps }) { Ranks = exchange };
        var trainer = Trainer(model, optimizer, shape);
        while (Console.ReadLine() is not null)
        {
            var (sent, waited) = (ring?.BytesSent ?? 0, optimizer.Waited);
            var step = trainer.Step(rows);
            Console.WriteLine(new JObject
            {
                ["seconds"] = step.Elapsed.TotalSeconds,
                ["waited"] = (optimizer.Waited - waited).TotalSeconds,
                ["sent"] = (ring?.BytesSent ?? 0) - sent,
            }.ToString(Newtonsoft.Json.Formatting.None));
        }
    }

    public static RingCollective Connect(int rank, int ranks)
    {
        using var listener = Loopback.Listen();
        Console.WriteLine(Loopback.PortOf(listener));
        var next = Loopback.Call(int.Parse(Console.ReadLine()!));
        return new(rank, ranks, next, listener.AcceptTcpClient().GetStream(), TimeSpan.FromMinutes(5));
    }

    // A quarter of the batch at a time, so that two ranks have two micro-batches each.
    private static SftTrainer Trainer(CausalLM model, AdamW optimizer, BenchShape shape) => new(
        model,
        optimizer,
        new LearningRateSchedule { BaseRate = 1e-4 },
        new SftOptions { MicroBatchTokens = shape.TrainRows * (shape.TrainLength + 1) / 4 });
}
