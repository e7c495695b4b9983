using System.CommandLine;
using Newtonsoft.Json;
using R1Reward.Cli.Measuring;
using R1Reward.Data;

namespace R1Reward.Cli.Commands;

/// <summary>
/// <c>r1reward bench</c>: how fast this machine samples and learns, beside the same work in PyTorch, scores, sends
/// messages and reads text.
/// </summary>
internal static class BenchCommand
{
    public static Command Create() => new(
        "bench", "how fast this machine samples, learns, scores, sends messages and reads text")
    {
        Measure(new RolloutBench(TimeProvider.System), "decode 64 sequences together", Parts, BatchInvariant),
        Measure(
            new TrainBench(TimeProvider.System),
            "take supervised train steps",
            micro: MicroBatchTokens,
            checkpointing: GradientCheckpointing),
        Measure(
            new StepBench(TimeProvider.System),
            "make whole updates: sample 64 replies and learn from them",
            null,
            BatchInvariant,
            MicroBatchTokens),
        BenchScoreCommand.Create(),
        BenchRatesCommand.CreateMessages(),
        BenchRatesCommand.CreateTokenizer(),
    };

    private static Option<int> Parts => new("--parts")
    {
        Description = "parts that are decoded side by side; 0: as many as the threads are good for",
    };

    private static Option<bool> BatchInvariant => new("--batch-invariant")
    {
        Description = "also measure with r1reward.rollout.batch-invariant = on, and print what it costs",
    };

    private static Option<int> MicroBatchTokens => new("--micro-batch-tokens")
    {
        Description = "tokens of a forward pass in training, of the peer's as well",
        DefaultValueFactory = _ => BenchOptions.DefaultMicroBatchTokens,
    };

    private static Option<bool> GradientCheckpointing => new("--gradient-checkpointing")
    {
        Description = "compute layers again in the backward pass; the peer keeps what they gave",
    };

    private static Command Measure(
        IBench bench,
        string description,
        Option<int>? parts = null,
        Option<bool>? invariant = null,
        Option<int>? micro = null,
        Option<bool>? checkpointing = null)
    {
        var shapes = new Option<string[]>("--shape")
        {
            Description = "tiny (0.8 M weights), 40m, 0.5b; several may be named",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["tiny", "40m"],
        };
        shapes.AcceptOnlyFromAmong([.. BenchShape.All.Select(shape => shape.Name)]);
        var dtype = new Option<string>("--dtype") { DefaultValueFactory = _ => "float32" };
        dtype.Description = "float32 or bfloat16";
        dtype.AcceptOnlyFromAmong("float32", "bfloat16");
        var threads = new Option<int>("--threads") { Description = "threads of tensor operations; 0: all cores" };
        var rounds = new Option<int>("--rounds")
        {
            Description = "measurements, of which the median counts",
            DefaultValueFactory = _ => 5,
        };
        var python = new Option<string>("--python")
        {
            Description = "the Python whose PyTorch is the peer; an empty text: no peer",
            DefaultValueFactory = _ => "python3",
        };
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        var command = new Command(bench.Name, description) { shapes, dtype, threads, rounds, python, json };
        foreach (var option in new Option?[] { parts, invariant, micro, checkpointing }.OfType<Option>())
        {
            command.Add(option);
        }

        command.SetAction(parsed =>
        {
            var (count, repeats) = (parsed.GetValue(threads), parsed.GetValue(rounds));
            var shares = parts is null ? 0 : parsed.GetValue(parts);
            var pass = micro is null ? BenchOptions.DefaultMicroBatchTokens : parsed.GetValue(micro);
            if (count < 0 || shares < 0 || repeats < 1 || pass < 1)
            {
                throw new UserErrorException(
                    "bench: --threads and --parts are 0 or more, --rounds and --micro-batch-tokens 1 or more.");
            }

            var named = parsed.GetValue(shapes)!;
            var options = new BenchOptions(
                [.. BenchShape.All.Where(shape => named.Contains(shape.Name))],
                parsed.GetValue(dtype)!,
                count > 0 ? count : Environment.ProcessorCount,
                shares,
                repeats,
                invariant is not null && parsed.GetValue(invariant),
                parsed.GetValue(python) is { Length: > 0 } program ? program : null)
            {
                MicroBatchTokens = pass,
                GradientCheckpointing = checkpointing is not null && parsed.GetValue(checkpointing),
            };
            var result = new BenchSession(bench, options, TimeProvider.System)
                .Run(what => Console.Error.WriteLine($"bench {bench.Name}: {what}"));
            if (parsed.GetValue(json))
            {
                Console.WriteLine(result.ToJson().ToString(Formatting.Indented));
            }
            else
            {
                result.Print();
            }
        });
        return command;
    }
}
