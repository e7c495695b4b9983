using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Cli.Measuring;
using R1Reward.Data;
using R1Reward.Policy.Devices;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward bench score</c>: what it takes to score several responses to one question.</summary>
internal static class BenchScoreCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var shapes = new Option<string[]>("--shape")
        {
            Description = "tiny (0.8 M weights), 40m, 0.5b; several may be named",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => ["tiny", "40m"],
        };
        shapes.AcceptOnlyFromAmong([.. BenchShape.All.Select(shape => shape.Name)]);
        var responses = Whole("--responses", "responses to the question", 4);
        var prompt = Whole("--prompt-tokens", "tokens of the question; 0: as many as all responses together", 0);
        var tokens = Whole("--response-tokens", "tokens of each response", 128);
        var threads = Whole("--threads", "threads of tensor operations; more add to the processor time", 1);
        var rounds = Whole("--rounds", "measurements, of which the least counts", 5);
        var json = new Option<bool>("--json") { Description = "one JSON object" };
        var command = new Command(
            "score", "score responses to one question, one by one and sharing its tokens; processor time")
        {
            shapes, responses, prompt, tokens, threads, rounds, json,
        };
        command.SetAction(parsed =>
        {
            int Of(Option<int> option, int least) => parsed.GetValue(option) is var value && value >= least
                ? value
                : throw new UserErrorException($"bench score: {option.Name} is {least} or more.");
            var (count, each) = (Of(responses, 2), Of(tokens, 1));
            var asked = Of(prompt, 0) is > 0 and var some ? some : count * each;
            var (repeats, cores) = (Of(rounds, 1), Of(threads, 1));
            var named = parsed.GetValue(shapes)!;
            TensorLibrary.EnsureLoaded();
            using var thread = new TorchThread("bench", cores);
            var rows = new JArray();
            foreach (var shape in BenchShape.All.Where(shape => named.Contains(shape.Name)))
            {
                var row = thread.Run(() => ScoreBench.Measure(shape, new ScoreBenchWork(count, asked, each, repeats)))
                    .GetAwaiter().GetResult();
                rows.Add(row.ToJson());
                if (!parsed.GetValue(json))
                {
                    Console.WriteLine(row);
                }
            }

            if (parsed.GetValue(json))
            {
                var result = new JObject { ["responses"] = count, ["prompt_tokens"] = asked };
                result["response_tokens"] = each;
                result["rows"] = rows;
                Console.WriteLine(result.ToString(Formatting.Indented));
            }
        });
        return command;
    }

    private static Option<int> Whole(string name, string description, int preset) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => preset,
    };
}
