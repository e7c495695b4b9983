using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Measuring;
using R1Reward.Data;

namespace R1Reward.Cli.Commands;

/// <summary>
/// <c>r1reward bench messages</c> and <c>bench tokenizer</c>: what is measured without a model, and has no peer.
/// </summary>
internal static class BenchRatesCommand
{
    /// <summary>Messages of the actor engine.</summary>
    public static Command CreateMessages() => Create(
        "messages",
        "messages of the actor engine, within a process and over the loopback",
        "messages_per_s",
        model: null,
        (_, rounds) => new MessageBench(TimeProvider.System).MeasureAsync(rounds));

    /// <summary>Tokens that a tokenizer reads and writes.</summary>
    public static Command CreateTokenizer()
    {
        var model = new Option<string?>("--model")
        {
            Description = "model folder whose tokenizer is measured; without it one of up to 1,024 ids is trained",
            HelpName = "DIR",
        };
        return Create(
            "tokenizer",
            "tokens that a tokenizer reads and writes, of prompts with judgments, on one thread",
            "tokens_per_s",
            model,
            (folder, rounds) => Task.FromResult(new TokenizerBench(TimeProvider.System).Measure(folder, rounds)));
    }

    private static Command Create(
        string name,
        string description,
        string rate,
        Option<string?>? model,
        Func<string?, int, Task<IReadOnlyList<RateRow>>> measure)
    {
        var rounds = new Option<int>("--rounds")
        {
            Description = "measurements, of which the median counts",
            DefaultValueFactory = _ => 5,
        };
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        var command = new Command(name, description) { rounds, json };
        if (model is not null)
        {
            command.Add(model);
        }

        command.SetAction(async (parsed, _) =>
        {
            var repeats = parsed.GetValue(rounds) is var count and > 0
                ? count
                : throw new UserErrorException($"bench {name}: --rounds is 1 or more.");
            var rows = await measure(model is null ? null : parsed.GetValue(model), repeats);
            if (parsed.GetValue(json))
            {
                var result = rows.Select(row => new JObject { ["shape"] = row.What, [rate] = row.PerSecond });
                Console.WriteLine(new JObject { ["rows"] = new JArray(result) }.ToString(Formatting.Indented));
                return;
            }

            foreach (var row in rows)
            {
                var number = row.PerSecond.ToString("N0", CultureInfo.InvariantCulture);
                Console.WriteLine($"{row.What}: {number} {rate.Replace("_per_", "/")}");
            }
        });
        return command;
    }
}
