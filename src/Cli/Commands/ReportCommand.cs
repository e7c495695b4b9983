using System.CommandLine;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Cli.Output;
using R1Reward.Data;
using R1Reward.Data.Files;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward report RUN</c>: a run's table and its <c>report.html</c>, made anew from its records.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "a run folder, for example runs/quickstart-1" };
        var command = new Command("report", "print a run's result table and write its report.html again") { run };
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(run)!);
            if (!File.Exists(folder.Summary))
            {
                throw new UserErrorException(
                    $"{folder.Root}: no summary.json there. Name the folder of a run, for example runs/quickstart-1.");
            }

            AtomicFile.Write(folder.Report, Report.Write(folder));
            SummaryTable.Print(folder);
        });
        return command;
    }
}
