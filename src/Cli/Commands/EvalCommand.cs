using System.CommandLine;
using System.Globalization;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs.Pairs;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Formats;
using R1Reward.Data.Options;
using R1Reward.Data.Pairs;
using R1Reward.Data.Scenes;
using R1Reward.Data.Text;
using R1Reward.Rewards.Watch;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;
using Spectre.Console;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward eval</c>: a suite's metrics.</summary>
internal static class EvalCommand
{
    private static readonly string[] Suites =
    [
        "scenes", "vl-rewardbench", "mm-rlhf", "multimodal-rewardbench", "rewardbench2", "rm-bench", "judgebench",
    ];

    public static Command Create()
    {
        var suite = new Option<string>("--suite")
        {
            Description = string.Join(", ", Suites),
            Required = true,
            HelpName = "NAME",
        };
        var data = new Option<string?>("--data")
        {
            Description = "the suite's file; scenes are made by the program",
            HelpName = "FILE",
        };
        var pairs = new Option<int>("--pairs")
        {
            Description = "scenes to judge; or the first rows of a file, 0 for all",
            DefaultValueFactory = _ => 0,
        };
        var shown = new Option<string>("--as")
        {
            Description = "how scenes are shown: words, image, or noise in place of the image",
            HelpName = "FORM",
            DefaultValueFactory = _ => "words",
        };
        var order = JudgingOptions.Order("; without it random");
        var answer = JudgingOptions.Answer();
        var samples = new Option<int>("--k")
        {
            Description = "samples per pair, decided by majority",
            DefaultValueFactory = _ => 1,
        };
        var temperature = new Option<double>("--temperature")
        {
            Description = "sampling temperature; 0: the likeliest token",
            DefaultValueFactory = _ => 1,
        };
        var seed = new Option<long>("--seed")
        {
            Description = "seed of scenes, order and samples",
            DefaultValueFactory = _ => 1,
        };
        var maxTokens = new Option<int>("--max-new-tokens")
        {
            Description = "tokens of a reply",
            DefaultValueFactory = _ => 1024,
        };
        var output = new Option<string?>("--out") { Description = "file for the metrics as JSON", HelpName = "FILE" };
        var command = new Command("eval", "evaluate a model on a suite")
        {
            suite, data, pairs, shown, order, answer, samples, temperature, seed, maxTokens, output,
        };
        JudgeModelOptions.AddTo(command);
        command.SetAction((parsed, cancel) =>
        {
            var asked = Pairs(
                parsed.GetValue(suite)!,
                parsed.GetValue(data),
                parsed.GetValue(pairs),
                parsed.GetValue(shown)!,
                parsed.GetValue(seed));
            var shownFirst = parsed.GetValue(order) ?? CandidateOrder.Random;
            var judged = OrderPolicy.Apply(asked, shownFirst, parsed.GetValue(seed)).ToList();
            using var model = new JudgeModel(JudgeModelOptions.Read(parsed));
            var outcomes = new List<Outcome>();
            var choices = new List<(PairId, Choice?)>();
            var forms = new ReplyForms();
            var leftOut = 0;
            var options = new VoteOptions
            {
                Samples = parsed.GetValue(samples),
                Answer = parsed.GetValue(answer),
                Seed = parsed.GetValue(seed),
                Sampling = new SamplingOptions
                {
                    Temperature = parsed.GetValue(temperature),
                    MaxNewTokens = parsed.GetValue(maxTokens),
                },
            };
            using (var progress = WorkProgress.OnStandardError("pairs", judged.Count))
            {
                model.Vote(judged, options, progress, Take, cancel);
            }

            Show(SuiteReport.Compute(outcomes), PositionBias.FromJudgments(choices), leftOut, parsed.GetValue(output));
            Console.Error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"sampling: temperature {parsed.GetValue(temperature)}, top-p 1, top-k off, "
                    + $"{parsed.GetValue(samples)} samples per pair; order {EnumNames.Dashed(shownFirst)}"
                    + $", ties none, answers {EnumNames.Dashed(parsed.GetValue(answer))}; "
                        + $"template {model.Template.Id}"));
            if (forms.Describe(parsed.GetValue(answer), model.Template.Tags) is { } described)
            {
                Console.Error.WriteLine(described);
            }

            return Task.FromResult(ExitCode.Done);

            void Take(VoteResult result)
            {
                if (result.Problem is not null)
                {
                    leftOut++;
                    return;
                }

                var category = Category(parsed.GetValue(suite)!, result.Pair);
                forms.Add(result);
                outcomes.Add(Outcome.FromTally(result.Pair, result.Tally, category));
                choices.Add((result.Pair.Id, result.Tally.Winner));
            }
        });
        return command;
    }

    private static List<PreferencePair> Pairs(string suite, string? data, int pairs, string shown, long seed)
    {
        if (!Suites.Contains(suite))
        {
            throw new UserErrorException($"--suite {suite}: unknown. Write one of {string.Join(", ", Suites)}.");
        }

        if (pairs < 0)
        {
            throw new UserErrorException($"--pairs {pairs}: write 0 for all, or how many.");
        }

        if (suite == "scenes")
        {
            if (data is not null)
            {
                throw new UserErrorException("--suite scenes: the program makes its pairs itself; leave --data out.");
            }

            return Scenes(pairs == 0 ? 256 : pairs, shown, seed);
        }

        var path = data ?? throw new UserErrorException($"--suite {suite}: name its file with --data.");
        var file = PairReader.Read(path, EnumNames.Values<PairFormat>()[suite]);
        if (file.IgnoredNote is { } note)
        {
            Console.Error.WriteLine($"{path}: {note}");
        }

        if (file.MediaMissing.Count > 0)
        {
            Console.Error.WriteLine(
                $"{path}: the media of {file.MediaMissing.Count} pairs are not on disk; models that read text judge "
                + $"the text, others leave them out");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return [.. (pairs == 0 ? file.Pairs : file.Pairs.Take(pairs)).Select(pair => pair.MediaIn(folder))];
    }

    private static List<PreferencePair> Scenes(int pairs, string shown, long seed)
    {
        if (shown is not ("words" or "image" or "noise"))
        {
            throw new UserErrorException($"--as {shown}: write words, image or noise.");
        }

        var scenes = new ScenesPairs(
            new SceneOptions { Grid = 3, Form = shown == "words" ? SceneForm.Words : SceneForm.Image }, seed, pairs);
        return [.. shown == "noise" ? scenes.HeldOutNoise : scenes.HeldOut];
    }

    private static string Category(string suite, PreferencePair pair) =>
        suite == "scenes"
            ? string.Create(CultureInfo.InvariantCulture, $"grade {pair.Difficulty}")
            : SuiteCategory.Get(pair);

    private static void Show(SuiteReport report, PositionBias? position, int leftOut, string? output)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("category", "rows", "accuracy", "ACC+", "unreadable", "tied");
        foreach (var category in report.Categories)
        {
            Add(table, category.Category, category.Score);
        }

        Add(table, "overall (micro)", report.Overall);
        AnsiConsole.Write(table);
        AnsiConsole.MarkupLineInterpolated($"macro: {Percent.Format(report.Macro)}");
        if (position is not null)
        {
            var first = Percent.Format(position.FirstShare);
            var same = Percent.Format(position.SameResponse);
            AnsiConsole.WriteLine(
                $"both orders: the first place is named in {first} (50 % without position bias), "
                + $"the same response in both in {same} of {position.Pairs} pairs");
        }

        if (output is not null)
        {
            File.WriteAllText(output, new JObject
            {
                ["micro"] = report.Overall.Accuracy,
                ["macro"] = report.Macro,
                ["acc-plus"] = report.Overall.AccPlus,
                ["unreadable"] = report.Overall.UnreadableRate,
                ["tied"] = report.Overall.Tied,
                ["rows"] = report.Overall.Rows,
                ["left-out"] = leftOut,
                ["first-share"] = position?.FirstShare,
                ["same-response"] = position?.SameResponse,
                ["categories"] = new JObject(report.Categories.Select(
                    category => new JProperty(category.Category, Json(category.Score)))),
            }.ToString(Formatting.Indented) + "\n");
        }
    }

    private static JObject Json(Score score) => new()
    {
        ["rows"] = score.Rows,
        ["accuracy"] = score.Accuracy,
        ["acc-plus"] = score.AccPlus,
        ["unreadable"] = score.UnreadableRate,
        ["tied"] = score.Tied,
    };

    private static void Add(Table table, string name, Score score) =>
        table.AddRow(
            name,
            score.Rows.ToString(CultureInfo.InvariantCulture),
            Percent.Format(score.Accuracy),
            Percent.Format(score.AccPlus),
            Percent.Format(score.UnreadableRate),
            score.Tied.ToString(CultureInfo.InvariantCulture));
}
