using System.CommandLine;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Output;
using R1Reward.Cli.Running;
using R1Reward.Data;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Pairs;
using R1Reward.Policy.Tokenization.Chat;
using R1Reward.Rewards.Annotation;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward annotate</c>: judgments and difficulties of pairs by a teacher.</summary>
internal static class AnnotateCommand
{
    private const int MostTries = 100;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var defaults = new AnnotationOptions();
        var file = new Argument<string>("FILE") { Description = "file of labelled pairs" };
        var output = new Option<string>("--out")
        {
            Description = "folder for annotations.jsonl, sft.jsonl and rl.jsonl; one that was begun is gone on with",
            Required = true,
            HelpName = "DIR",
        };
        var config = Options.Config();
        var set = Options.Set();
        var tries = new Option<int>("--tries")
        {
            Description = "how often a pair is asked about until the teacher chooses as the label does",
            DefaultValueFactory = _ => defaults.Tries,
        };
        var temperature = new Option<double>("--temperature")
        {
            Description = "sampling temperature of the teacher",
            DefaultValueFactory = _ => defaults.Temperature,
        };
        var template = new Option<string>("--template")
        {
            Description = "prompt template, or a file of your own",
            HelpName = "NAME",
            DefaultValueFactory = _ => defaults.Template.Id,
        };
        var format = new Option<PairFormat>("--format")
        {
            Description = "how rows are read, as r1reward.data.format has it",
            HelpName = "NAME",
            DefaultValueFactory = _ => PairFormat.Auto,
        };
        var order = JudgingOptions.Order("; without it random");
        var seed = new Option<long>("--seed") { Description = "seed of the order", DefaultValueFactory = _ => 1 };
        var command = new Command(
            "annotate", "have a teacher (r1reward.judge) judge labelled pairs; writes sets to imitate and to learn on")
        {
            file, output, config, set, tries, temperature, template, format, order, seed,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var reader = Options.Load(parsed.GetValue(config), parsed.GetValue(set)).Reader();
            var teacher = JudgeSettings.Read(reader).Options;
            var fetch = MediaSettings.Read(reader).Decoding.Fetch;
            Logging.Start(reader, "annotate", file: null);
            if (teacher.Endpoints.Length == 0)
            {
                throw new UserErrorException(
                    "annotate needs a teacher: name one by r1reward.judge.endpoints and r1reward.judge.model, in a "
                    + "file (--config) or by --set.");
            }

            var options = new AnnotationOptions
            {
                Template = OwnTemplate.Find(parsed.GetValue(template)!),
                Tries = parsed.GetValue(tries) is >= 1 and <= MostTries and var asked
                    ? asked
                    : throw new UserErrorException($"--tries: write 1 to {MostTries}."),
                Temperature = parsed.GetValue(temperature) is >= 0 and <= 2 and var drawn
                    ? drawn
                    : throw new UserErrorException("--temperature: write 0 to 2."),
            };
            var shown = parsed.GetValue(order) ?? CandidateOrder.Random;
            var pairs = Pairs(parsed.GetValue(file)!, parsed.GetValue(format), shown, parsed.GetValue(seed));
            var session = new TeacherSession(teacher, options, parsed.GetValue(output)!);
            using var keys = new StopKeys();
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, keys.Requested);
            try
            {
                using var progress = WorkProgress.OnStandardError("pairs", pairs.Count);
                var annotations = await session.RunAsync(pairs, fetch, progress, stop.Token);
                AnnotationText.Print(annotations, session.SftFile, session.RlFile);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                Console.WriteLine("stopped; the same command goes on");
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static List<PreferencePair> Pairs(string path, PairFormat format, CandidateOrder order, long seed)
    {
        var read = Dataset.Read(path, format);
        if (read.IgnoredNote is { } note)
        {
            Console.Error.WriteLine($"{path}: {note}");
        }

        var labelled = read.Pairs.Where(pair => pair.Label.Preferred() is not null).ToList();
        if (labelled.Count < read.Pairs.Count)
        {
            Console.Error.WriteLine(
                $"{read.Pairs.Count - labelled.Count} of {read.Pairs.Count} pairs prefer no response and are left out");
        }

        // What the teacher writes takes the place of a judgment that is there, so any order will do.
        var pairs = labelled.Select(pair => pair with { Judgment = null });
        return labelled.Count > 0
            ? [.. OrderPolicy.Apply(pairs, order, seed)]
            : throw new UserErrorException($"{path}: none of its pairs says which response is preferred. Add labels.");
    }
}
