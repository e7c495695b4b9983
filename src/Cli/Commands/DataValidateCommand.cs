using System.CommandLine;
using Newtonsoft.Json;
using R1Reward.Cli.Output;
using R1Reward.Data.Formats;
using R1Reward.Data.Handlers;
using R1Reward.Data.Validation;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward data validate</c>: everything that is wrong with a data set.</summary>
internal static class DataValidateCommand
{
    private const int SomethingWrong = 1;
    private const int ForPeople = 20;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "file of pairs, folder of Parquet files, or source:path[,source:path]",
        };
        var heldOut = new Option<string?>("--heldout")
        {
            Description = "the held-out side, in which no training pair may stand",
            HelpName = "FILE",
        };
        var format = Options.Format("by the fields of the first row");
        var presence = new Option<bool>("--media-presence-only")
        {
            Description = "look whether pictures and videos are there, without opening them",
        };
        var max = new Option<int?>("--max-problems")
        {
            Description = $"problems that are shown, all are counted; without it {ForPeople}, and all with --json",
            HelpName = "N",
        };
        var json = new Option<bool>("--json") { Description = "print the report as JSON" };
        var command = new Command(
            "validate", "read a whole data set and tell what is wrong; exit code 1 if anything is")
        {
            file, heldOut, format, presence, max, json,
        };
        command.SetAction(parsed =>
        {
            var validator = new DatasetValidator(
                parsed.GetValue(format) ?? PairFormat.Auto,
                !parsed.GetValue(presence),
                Math.Max(0, parsed.GetValue(max) ?? (parsed.GetValue(json) ? int.MaxValue : ForPeople)));
            var (train, other) = (parsed.GetValue(file)!, parsed.GetValue(heldOut));
            DatasetReport report;
            using (var progress = WorkProgress.OnStandardError("rows", Total(other is null ? [train] : [train, other])))
            {
                report = validator.Run(train, other, progress);
            }

            if (parsed.GetValue(json))
            {
                Console.WriteLine(ValidationText.Json(report).ToString(Formatting.Indented));
            }
            else
            {
                ValidationText.Print(report);
            }

            return report.IsGood ? 0 : SomethingWrong;
        });
        return command;
    }

    // How many pairs the sources of a dataset address make is known when they are read.
    private static int Total(string[] sides) => sides.Any(DatasetAddress.Matches) ? 0 : sides.Sum(RowCount.Of);
}
