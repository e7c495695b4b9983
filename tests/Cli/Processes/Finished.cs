using System.Diagnostics;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>What a process wrote and how it ended.</summary>
internal sealed record Finished(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program to its end in the folder of the sources.</summary>
    public static async Task<Finished> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Fixtures.Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A build node that outlives its build would hold the output open, and its end would never be read.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new Finished(process.ExitCode, await output, await error);
    }
}
