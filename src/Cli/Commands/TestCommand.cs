using System.CommandLine;
using R1Reward.Cli.Running;

namespace R1Reward.Cli.Commands;

/// <summary><c>r1reward test</c>: the tests of the folder of sources, summed up.</summary>
internal static class TestCommand
{
    public static Command Create()
    {
        var filter = new Option<string?>("--filter")
        {
            Description = "run a part, for example FullyQualifiedName~Policy",
            HelpName = "EXPRESSION",
        };
        var slow = new Option<bool>("--slow") { Description = "run the long proofs too" };
        var command = new Command("test", "run all tests") { filter, slow };
        command.SetAction((parsed, _) => TestSession.RunAsync(parsed.GetValue(filter), parsed.GetValue(slow)));
        return command;
    }
}
