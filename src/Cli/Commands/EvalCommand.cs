using System.CommandLine;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Evaluating;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Cli.Serving;
using R1Reward.Data;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Files;
using R1Reward.Data.Formats;
using R1Reward.Data.Formats.Judged;
using R1Reward.Data.Judging;
using R1Reward.Data.Pairs;
using R1Reward.Rollout.Sampling;
using R1Reward.Rollout.Voting;

namespace R1Reward.Cli.Commands;

/// <summary>
/// <c>r1reward eval</c>: a suite's figures for a model that writes, for a scalar model, or from rows judged elsewhere.
/// </summary>
internal static class EvalCommand
{
    private static readonly Option<string> Suite = new("--suite")
    {
        Description = string.Join(", ", SuitePairs.Suites) + " (any file of pairs)",
        Required = true,
        HelpName = "NAME",
    };

    private static readonly Option<string?> Data = new("--data")
    {
        Description = "the suite's file, or source:path[,source:path]; scenes are made by the program",
        HelpName = "FILE",
    };

    private static readonly Option<PairFormat?> Format = Options.Format("as the suite's publishers write them");

    private static readonly Option<string[]> Judged = new("--judged")
    {
        Description = "rows judged before, here (results.jsonl) or by the suite's own evaluator, instead of a model; "
            + "several files are put together",
        HelpName = "FILE",
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Pairs = new("--pairs")
    {
        Description = "scenes to judge; or the first pairs of a file, 0 for all",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<int> Chunks = new("--num-chunks")
    {
        Description = "divide the pairs into so many chunks of consecutive ones and judge one of them",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> Chunk = new("--chunk-idx")
    {
        Description = "which chunk is judged, from 0",
        DefaultValueFactory = _ => 0,
    };

    private static readonly Option<string> Shown = new("--as")
    {
        Description = "how scenes are shown: words, image, sound, or in place of the last two noise, sound-noise",
        HelpName = "FORM",
        DefaultValueFactory = _ => "words",
    };

    private static readonly Option<CandidateOrder?> Order =
        JudgingOptions.Order("; without it random, for judgebench both");

    private static readonly Option<AnswerReading> Answer = JudgingOptions.Answer();

    private static readonly Option<int> Samples = new("--k")
    {
        Description = "samples per pair and order, decided by majority",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double> Temperature = new("--temperature")
    {
        Description = "sampling temperature; 0: the likeliest token",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<long> Seed = new("--seed")
    {
        Description = "seed of scenes, order and samples",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<int> MaxTokens = new("--max-new-tokens")
    {
        Description = "tokens of a reply",
        DefaultValueFactory = _ => 1024,
    };

    private static readonly Option<string?> Save = new("--save")
    {
        Description = "folder for every judged pair, figures, report.html and files in the published layouts; an "
            + "evaluation that was stopped goes on there",
        HelpName = "DIR",
    };

    private static readonly Option<string?> Output = new("--out")
    {
        Description = "file for the figures as JSON; a list where rows of several judges are judged already",
        HelpName = "FILE",
    };

    private static readonly Option<bool> Json = new("--json") { Description = "print the figures as JSON" };

    private static readonly Option<string?> Model = new("--model")
    {
        Description = "folder of a model that writes or of a scalar model, or of an adapter that names its model",
        HelpName = "DIR",
    };

    // What only a judge that votes has, and what only a model has.
    private static readonly Option[] OfVotes = [Order, Answer, Samples, Temperature, MaxTokens];
    private static readonly Option[] OfModels = [Data, Format, Pairs, Chunks, Chunk, Shown, Seed, Save, .. OfVotes];

    public static Command Create()
    {
        var command = new Command("eval", "evaluate a model on a suite")
        {
            Suite, Data, Format, Judged, Pairs, Chunks, Chunk, Shown, Order, Answer, Samples, Temperature, Seed,
            MaxTokens, Save, Output, Json,
        };
        JudgeModelOptions.AddTo(command, model: Model);
        command.SetAction(async (parsed, _) =>
        {
            SuitePairs.RequireKnown(parsed.GetValue(Suite)!);
            var judged = parsed.GetValue(Judged) ?? [];
            if ((judged.Length == 0) == (parsed.GetValue(Model) is null))
            {
                throw new UserErrorException(
                    "eval: name the model with --model DIR, or rows judged before with --judged FILE.");
            }

            if (judged.Length > 0)
            {
                Options.RefuseAny(parsed, OfModels, $"{judged[0]} is judged already");
                ShowJudged(parsed, judged);
                return ExitCode.Done;
            }

            await EvaluateAsync(parsed, parsed.GetValue(Model)!);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task EvaluateAsync(ParseResult parsed, string model)
    {
        var plan = new EvalPlan(
            parsed.GetValue(Suite)!,
            parsed.GetValue(Data),
            parsed.GetValue(Pairs),
            parsed.GetValue(Shown)!,
            parsed.GetValue(Seed))
        {
            Format = parsed.GetValue(Format),
            Chunks = parsed.GetValue(Chunks),
            Chunk = parsed.GetValue(Chunk),
        };
        var pairs = SuitePairs.Find(plan);
        using var judge = await JudgeAsync(parsed, plan, model);
        using var folder = parsed.GetValue(Save) is { } root ? EvalFolder.Open(root, judge.Condition) : null;
        if (await EvalRun.JudgeAsync(pairs, judge, folder) is not { } results)
        {
            return;
        }

        var result = EvaluationResult.Compute(plan.Suite, results);
        if (folder is not null)
        {
            EvalFiles.Write(folder, result);
            if (judge.Template is { } template)
            {
                R1RewardRows.Write(folder, plan, pairs, template);
            }
        }

        Keep(parsed, Show(parsed, result));
        Console.Error.WriteLine(EvalPlan.Describe(judge.Condition));
        if (judge.Remark is { } remark)
        {
            Console.Error.WriteLine(remark);
        }
    }

    private static void ShowJudged(ParseResult parsed, string[] paths)
    {
        var judges = JudgedFile.Read(paths, parsed.GetValue(Suite)!);
        var figures = new JArray();
        foreach (var (name, results) in judges)
        {
            if (judges.Count > 1 && !parsed.GetValue(Json))
            {
                Console.WriteLine(name);
            }

            figures.Add(Show(parsed, EvaluationResult.Compute(parsed.GetValue(Suite)!, results), name));
        }

        Keep(parsed, figures.Count == 1 ? figures[0] : figures);
    }

    private static JObject Show(ParseResult parsed, EvaluationResult result, string judge = "")
    {
        var figures = EvalJson.Write(result);
        if (judge.Length > 0)
        {
            figures.AddFirst(new JProperty("judge", judge));
        }

        if (parsed.GetValue(Json))
        {
            Console.WriteLine(figures.ToString(Formatting.None));
        }
        else
        {
            EvalTable.Print(result);
        }

        return figures;
    }

    private static void Keep(ParseResult parsed, JToken figures)
    {
        if (parsed.GetValue(Output) is { } path)
        {
            AtomicFile.Write(path, figures.ToString(Formatting.Indented) + "\n");
        }
    }

    private static async Task<IPairJudge> JudgeAsync(ParseResult parsed, EvalPlan plan, string model)
    {
        if (!Scorers.IsScalar(model))
        {
            return new VotingJudge(plan, JudgeModelOptions.Read(parsed, model), Votes(parsed, plan.Suite));
        }

        Options.RefuseAny(parsed, OfVotes, $"{model} is a scalar model, which gives scores and no votes");
        var asked = JudgeModelOptions.Read(parsed, model);
        return new ScoringJudge(plan, asked, await ScoreModel.LoadAsync(asked));
    }

    // JudgeBench's figures are those of two games.
    private static VoteOptions Votes(ParseResult parsed, string suite) => new()
    {
        Samples = parsed.GetValue(Samples),
        Order = parsed.GetValue(Order) ?? (suite == "judgebench" ? CandidateOrder.Both : CandidateOrder.Random),
        Answer = parsed.GetValue(Answer),
        Seed = parsed.GetValue(Seed),
        Sampling = new SamplingOptions
        {
            Temperature = parsed.GetValue(Temperature),
            MaxNewTokens = parsed.GetValue(MaxTokens),
        },
    };
}
