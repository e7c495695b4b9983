using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Options;
using R1Reward.Data.Pairs;
using R1Reward.Data.Text;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward vote</c>: K samples of each pair and what most of them say, one JSON object per pair.</summary>
internal static class VoteCommand
{
    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "pairs: a file, a folder of Parquet files, or source:path[,source:path]",
            HelpName = "FILE",
        };
        var format = Options.Format("by the fields of the first row");
        var question = new Option<string?>("--question")
        {
            Description = "one question, in place of --data",
            HelpName = "TEXT",
        };
        var response1 = new Option<string?>("--response1") { Description = "its first response", HelpName = "TEXT" };
        var response2 = new Option<string?>("--response2") { Description = "its second response", HelpName = "TEXT" };
        var samples = new Option<int>("--k") { Description = "samples per pair", DefaultValueFactory = _ => 15 };
        var order = JudgingOptions.Order("; without it random for a file, as-is for one question");
        var both = new Option<bool>("--both-orders") { Description = "the same as --order both" };
        var answer = JudgingOptions.Answer();
        var ties = new Option<TieRule?>("--ties")
        {
            Description = "what a tie does: none (no winner, the default) or first (the first valid vote)",
            HelpName = "RULE",
        };
        var seed = new Option<long>("--seed") { Description = "seed of the samples", DefaultValueFactory = _ => 1 };
        var temperature = new Option<double>("--temperature")
        {
            Description = "sampling temperature; 0: the likeliest token",
            DefaultValueFactory = _ => 1,
        };
        var maxTokens = new Option<int>("--max-new-tokens")
        {
            Description = "tokens of a reply",
            DefaultValueFactory = _ => 1024,
        };
        var output = new Option<string?>("--out")
        {
            Description = "file for the results, in the order of the pairs; standard output without it",
            HelpName = "FILE",
        };
        var command = new Command("vote", "judge pairs by majority vote over K "
            + "samples")
        {
            data, format, question, response1, response2, samples, order, both, ties, answer, seed, temperature,
            maxTokens, output,
        };
        JudgeModelOptions.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var pairs = Pairs(
                parsed.GetValue(data),
                parsed.GetValue(format),
                parsed.GetValue(question),
                parsed.GetValue(response1),
                parsed.GetValue(response2));
            using var model = new JudgeModel(JudgeModelOptions.Read(parsed));
            using var writer = parsed.GetValue(output) is { } path ? new StreamWriter(path) : null;
            var results = new List<VoteResult>();
            var forms = new ReplyForms();
            var byDefault = parsed.GetValue(data) is null ? CandidateOrder.AsIs : CandidateOrder.Random;
            var options = new VoteOptions
            {
                Samples = parsed.GetValue(samples),
                Order = parsed.GetValue(both) ? CandidateOrder.Both : parsed.GetValue(order) ?? byDefault,
                Answer = parsed.GetValue(answer),
                Ties = parsed.GetValue(ties) ?? TieRule.None,
                Seed = parsed.GetValue(seed),
                Sampling = new SamplingOptions
                {
                    Temperature = parsed.GetValue(temperature),
                    MaxNewTokens = parsed.GetValue(maxTokens),
                },
            };
            using (var progress = WorkProgress.OnStandardError("pairs", pairs.Count))
            {
                model.Vote(pairs, options, progress, result =>
                {
                    results.Add(result);
                    forms.Add(result);
                    progress.Clear();
                    (writer ?? Console.Out).WriteLine(Line(result).ToString(Formatting.None));
                }, cancel);
            }

            Console.Error.WriteLine($"{Summary(results)}; {Condition(options)}");
            if (forms.Describe(options.Answer, model.Template.Tags) is { } described)
            {
                Console.Error.WriteLine(described);
            }

            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    private static IReadOnlyList<PreferencePair> Pairs(
        string? data, PairFormat? format, string? question, string? response1, string? response2)
    {
        if (data is not null && question is null && response1 is null && response2 is null)
        {
            var file = Dataset.Read(data, format ?? PairFormat.Auto);
            if (file.IgnoredNote is { } note)
            {
                Console.Error.WriteLine($"{data}: {note}");
            }

            return file.Pairs;
        }

        if (data is null && format is null && question is not null && response1 is not null && response2 is not null)
        {
            var id = new PairId("command-line");
            return [new PreferencePair { Id = id, Question = question, Response1 = response1, Response2 = response2 }];
        }

        throw new UserErrorException(
            "vote: give either --data FILE, with --format or without, or --question, --response1 and --response2.");
    }

    private static JObject Line(VoteResult result) => new()
    {
        ["id"] = result.Pair.Id.Value,
        ["winner"] = (int?)result.Tally.Winner,
        ["first"] = result.Tally.First,
        ["second"] = result.Tally.Second,
        ["invalid"] = result.Tally.Invalid,
        ["agreement"] = result.Tally.Agreement,
        ["label"] = (int?)result.Gold,
        ["correct"] = result.Correct,
        ["any-correct"] = result.AnyCorrect,
        ["problem"] = result.Problem,
        ["exchanged"] = new JArray(result.Exchanged),
        ["replies"] = new JArray(result.Traces.Select(trace => trace.Text)),
    };

    private static string Condition(VoteOptions options) => string.Create(
        CultureInfo.InvariantCulture,
        $"{options.Samples} samples per pair and order, order {EnumNames.Dashed(options.Order)}, ties "
        + $"{EnumNames.Dashed(options.Ties)}, answers {EnumNames.Dashed(options.Answer)}, "
        + $"temperature {options.Sampling.Temperature}, seed {options.Seed}");

    private static string Summary(List<VoteResult> results)
    {
        var voted = results.Where(result => result.Problem is null).ToList();
        var labelled = voted.Where(result => result.Correct is not null).ToList();
        var agreement = Percent.Format(voted.Average(result => result.Tally.Agreement));
        var unreadable = voted.Sum(result => result.Tally.Invalid);
        var replies = voted.Sum(result => result.Choices.Length);
        var text = $"{voted.Count} pairs, mean agreement {agreement}, {unreadable} of {replies} replies unreadable";
        if (labelled.Count == 0)
        {
            return text;
        }

        var majority = Percent.Format(labelled.Average(result => result.Correct!.Value ? 1.0 : 0));
        var any = Percent.Format(labelled.Average(result => result.AnyCorrect!.Value ? 1.0 : 0));
        return $"{text}, majority right {majority}, any right {any} of {labelled.Count} labelled";
    }
}
