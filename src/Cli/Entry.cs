using System.CommandLine;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Commands;
using R1Reward.Data;
using Serilog;

namespace R1Reward.Cli;

/// <summary>The program: parses the command line, runs a command, and turns every ending into one line and an exit code.</summary>
public static class Entry
{
    /// <summary>All commands.</summary>
    public static RootCommand Root() => new("R1Reward: trains and serves generative reward models.")
    {
        QuickstartCommand.Create(),
        TrainCommand.Create(),
        NodeCommand.Create(),
        VoteCommand.Create(),
        EvalCommand.Create(),
        DataCommand.Create(),
        TokenizerCommand.Create(),
        JudgeCommand.Create(),
        ReportCommand.Create(),
        ConfigCommand.Create(),
        TestCommand.Create(),
    };

    /// <summary>Runs the program.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var parsed = Root().Parse(args is ["help"] ? ["--help"] : args);
        if (parsed.Errors.Count > 0)
        {
            Console.Error.WriteLine($"r1reward: {parsed.Errors[0].Message} Run `r1reward {string.Join(' ', args.TakeWhile(arg => !arg.StartsWith('-')).Take(2))} --help`.");
            return ExitCode.UserError;
        }

        try
        {
            // Ctrl-C is ours: the first one finishes the step and saves, the second stops at once.
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (UserErrorException mistake)
        {
            Console.Error.WriteLine(mistake.Message);
            return ExitCode.UserError;
        }
        catch (CannotJoinException lonely)
        {
            Console.Error.WriteLine(lonely.Message);
            return ExitCode.NotJoined;
        }
        catch (Exception broken)
        {
            Log.Error(broken, "broken");
            Console.Error.WriteLine($"r1reward: {broken.GetType().Name}: {broken.Message.Split('\n')[0]} This is a defect of the program; the log has the details.");
            return ExitCode.Broken;
        }
        finally
        {
            await Log.CloseAndFlushAsync();
        }
    }
}
