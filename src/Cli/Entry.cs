using System.CommandLine;
using System.CommandLine.Parsing;
using R1Reward.Actors.Hosting;
using R1Reward.Cli.Commands;
using R1Reward.Data;
using Serilog;
using Spectre.Console;

namespace R1Reward.Cli;

/// <summary>
/// The program: parses the command line, runs a command, and turns every ending into one line and an exit code.
/// </summary>
internal static class Entry
{
    /// <summary>The root command with every verb.</summary>
    public static RootCommand Root() => new("R1Reward: trains and serves generative reward models.")
    {
        QuickstartCommand.Create(),
        TrainCommand.Create(),
        NodeCommand.Create(),
        ClusterCommand.Create(),
        VoteCommand.Create(),
        EvalCommand.Create(),
        ScoreCommand.Create(),
        DataCommand.Create(),
        AnnotateCommand.Create(),
        TokenizerCommand.Create(),
        ModelCommand.Create(),
        JudgeCommand.Create(),
        ServeCommand.Create(),
        ReportCommand.Create(),
        BenchCommand.Create(),
        ConfigCommand.Create(),
        TestCommand.Create(),
    };

    /// <summary>Runs the program and returns its exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        // Colours are for terminals: a file would keep the escape codes.
        AnsiConsole.Console = AnsiConsole.Create(new AnsiConsoleSettings());
        AnsiConsole.Profile.Capabilities.Ansi &= !Console.IsOutputRedirected;
        var parsed = Root().Parse(args switch
        {
            [] => ["--help"],
            ["help", .. var command] => [.. command, "--help"],
            _ => args,
        });
        if (parsed.Errors.Count > 0 || parsed.UnmatchedTokens.Count > 0)
        {
            var mistake = parsed.UnmatchedTokens.Count > 0
                ? $"{parsed.UnmatchedTokens[0]}: no such command or option."
                : parsed.Errors[0].Message;
            Console.Error.WriteLine($"r1reward: {mistake} Run `{Named(parsed.CommandResult)} --help`.");
            return ExitCode.UserError;
        }

        try
        {
            // Ctrl-C is ours: the first one finishes the step and saves, the second stops at once.
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            });
        }
        catch (UserErrorException error)
        {
            Console.Error.WriteLine(error.Message);
            return ExitCode.UserError;
        }
        catch (CannotJoinException notJoined)
        {
            Console.Error.WriteLine(notJoined.Message);
            return ExitCode.NotJoined;
        }
        catch (DownedException downed)
        {
            Console.Error.WriteLine(downed.Message);
            return ExitCode.Downed;
        }
        catch (Exception fileError) when (fileError is IOException or UnauthorizedAccessException)
        {
            Log.Error(fileError, "files");
            Console.Error.WriteLine(
                $"r1reward: {fileError.Message.Split('\n')[0]} Check that the path exists, may be written and has "
                + $"room.");
            return ExitCode.UserError;
        }
        catch (Exception broken)
        {
            Log.Error(broken, "broken");
            Console.Error.WriteLine(Log.Logger == Serilog.Core.Logger.None
                ? $"r1reward: {broken}{Environment.NewLine}This is a defect of the program."
                : $"r1reward: {broken.GetType().Name}: {broken.Message.Split('\n')[0]} This is a defect of the "
                    + $"program; the log has the details.");
            return ExitCode.Broken;
        }
        finally
        {
            await CloseLogAsync();
        }
    }

    private static async Task CloseLogAsync()
    {
        try
        {
            await Log.CloseAndFlushAsync();
        }
        catch (IOException)
        {
            // A full disk does not take the last lines; why the program ends stands on the console.
        }
    }

    private static string Named(SymbolResult command) =>
        command is CommandResult { Command: RootCommand }
            ? "r1reward"
            : $"{Named(command.Parent!)} {((CommandResult)command).Command.Name}";
}
