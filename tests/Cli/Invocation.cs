namespace R1Reward.Cli.Tests;

/// <summary>What the program wrote and how it ended, run in this process.</summary>
internal sealed record Invocation(int ExitCode, string Output, string Error)
{
    public static async Task<Invocation> RunAsync(params string[] args)
    {
        var (console, consoleError) = (Console.Out, Console.Error);
        using var output = new StringWriter();
        using var error = new StringWriter();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            var exitCode = await Entry.RunAsync(args);
            return new Invocation(exitCode, output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(console);
            Console.SetError(consoleError);
        }
    }

    /// <summary>Ended by a user's mistake, told in one line, which is returned.</summary>
    public string Mistake()
    {
        Assert.Equal(2, ExitCode);
        Assert.Empty(Output);
        var line = Error.TrimEnd('\n');
        Assert.NotEmpty(line);
        Assert.DoesNotContain('\n', line);
        return line;
    }
}
