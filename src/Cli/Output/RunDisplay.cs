using R1Reward.Actors.Protocol;
using Spectre.Console;

namespace R1Reward.Cli.Output;

/// <summary>Shows how a run goes, with the time left: live bars on a terminal, a line now and then elsewhere.</summary>
internal static class RunDisplay
{
    /// <summary>Asks for the status until the run is over.</summary>
    /// <param name="ask">Asks for the status once; null when no answer came in time.</param>
    /// <param name="plain">Lines even on a terminal.</param>
    /// <param name="every">Pause between two questions.</param>
    /// <returns>The last status, which has the outcome.</returns>
    public static async Task<RunStatus> FollowAsync(Func<Task<RunStatus?>> ask, bool plain, TimeSpan every)
    {
        if (plain || !AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            return await FollowAsync(ask, every, new RunLines(TimeProvider.System).Show);
        }

        return await AnsiConsole.Progress()
            .AutoClear(false)
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn(),
                new PercentageColumn(),
                new RemainingTimeColumn(),
                new ElapsedTimeColumn())
            .StartAsync(context => FollowAsync(ask, every, new RunBars(context).Show));
    }

    private static async Task<RunStatus> FollowAsync(Func<Task<RunStatus?>> ask, TimeSpan every, Action<RunStatus> show)
    {
        while (true)
        {
            if (await ask() is { } status)
            {
                show(status);
                if (status.Outcome is not null)
                {
                    return status;
                }
            }

            await Task.Delay(every, TimeProvider.System);
        }
    }
}
