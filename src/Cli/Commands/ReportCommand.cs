using System.CommandLine;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Cli.Evaluating;
using R1Reward.Cli.Output;
using R1Reward.Data;
using R1Reward.Data.Evaluation;
using R1Reward.Data.Evaluation.Suites;
using R1Reward.Data.Files;

namespace R1Reward.Cli.Commands;

/// <summary>
/// <c>r1reward report RUN...</c>: a run's table and its <c>report.html</c>, made anew from its records; or several runs
/// side by side. Of an evaluation (<c>eval --save</c>) likewise its table, page and files,
/// of several how far they agree.
/// </summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string[]>("RUN")
        {
            Description = "run folders, for example runs/quickstart-1; or those of evaluations",
            Arity = ArgumentArity.OneOrMore,
        };
        var output = new Option<string?>("--out")
        {
            Description = "page of several runs; without it comparison.html beside the first run's folder",
            HelpName = "FILE",
        };
        var timeline = new Option<bool>("--timeline")
        {
            Description = "also write timeline.json, a trace that browsers show, and timeline.svg into a run's folder",
        };
        var command = new Command(
            "report", "print a run's result table and write its report.html again, or put several runs side by side")
        {
            run, output, timeline,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(run)!.Any(EvalFolder.IsIn))
            {
                if (parsed.GetValue(timeline))
                {
                    throw new UserErrorException("--timeline: evaluations have none; name the folder of a run.");
                }

                ReportEvaluation(parsed.GetValue(run)!, parsed.GetValue(output));
                return;
            }

            var folders = parsed.GetValue(run)!.Select(Found).DistinctBy(folder => Full(folder.Root)).ToList();
            if (folders is [var only])
            {
                if (parsed.GetValue(output) is not null)
                {
                    throw new UserErrorException(
                        $"--out: the report of one run stands in its folder, as {only.Report}; leave --out out.");
                }

                AtomicFile.Write(only.Report, Report.Write(only));
                SummaryTable.Print(only);
                if (parsed.GetValue(timeline))
                {
                    Console.WriteLine($"time line: {string.Join(", ", TimeLine.Write(only))}");
                }

                return;
            }

            if (parsed.GetValue(timeline))
            {
                throw new UserErrorException("--timeline: a time line is one run's; name one run.");
            }

            var names = folders.Select(folder => Path.GetFileName(Full(folder.Root))).ToList();
            var areDistinct = names.Distinct().Count() == names.Count;
            var runs = folders.Select(folder =>
                areDistinct ? new RecordedRun(folder) : new RecordedRun(folder) { Name = folder.Root });
            var comparison = new Comparison([.. runs]);
            comparison.RequireOneReading();
            var page = parsed.GetValue(output)
                ?? Path.Combine(Path.GetDirectoryName(Full(folders[0].Root)) ?? ".", "comparison.html");
            AtomicFile.Write(page, comparison.Write());
            ComparisonTable.Print(comparison);
            Console.WriteLine($"report: {page}");
        });
        return command;
    }

    private static void ReportEvaluation(string[] folders, string? output)
    {
        if (output is not null || !folders.All(EvalFolder.IsIn))
        {
            throw new UserErrorException(
                "report: evaluations are reported into their own folders and compared with each other; leave --out and "
                + "the folders of runs out.");
        }

        if (folders.Length > 1)
        {
            AgreementTable.Print(
                [.. folders.Select(path => (path, (IReadOnlyList<PairResult>)EvalFolder.Read(path).Results()))]);
            return;
        }

        using var folder = EvalFolder.Read(folders[0]);
        var result = EvaluationResult.Compute((string)folder.Condition["suite"]!, folder.Results());
        EvalFiles.Write(folder, result);
        EvalTable.Print(result);
        Console.WriteLine($"report: {folder.PathOf(EvalFiles.Report)}");
    }

    private static string Full(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static RunFolder Found(string path)
    {
        var folder = new RunFolder(path);
        return File.Exists(folder.Summary) ? folder : throw new UserErrorException(
            $"{folder.Root}: no summary.json there. Name the folder of a run, for example runs/quickstart-1.");
    }
}
