using System.CommandLine;
using R1Reward.Data.Formats;

namespace R1Reward.Cli.Tests.Extending;

/// <summary><c>r1reward count FILE</c>.</summary>
internal static class CountCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "a file of preference pairs" };
        var command = new Command("count", "print how many pairs a file holds") { file };
        command.SetAction(parsed => Console.WriteLine(PairReader.Read(parsed.GetValue(file)!).Pairs.Count));
        return command;
    }
}
