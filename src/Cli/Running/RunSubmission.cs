using Akka.Actor;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Cli.Output;
using R1Reward.Data;

namespace R1Reward.Cli.Running;

/// <summary>A run from its submission to its end, as its command line sees it.</summary>
/// <param name="coordinator">The way to the coordinator.</param>
/// <param name="submit">The run.</param>
/// <param name="patience">How long a coordinator is waited for: its nodes may be starting.</param>
/// <param name="plain">Plain lines instead of a live display.</param>
internal sealed class RunSubmission(
    ICoordinatorLink coordinator, RunCommands.Submit submit, TimeSpan patience, bool plain)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Answer = TimeSpan.FromSeconds(5);

    // A coordinator that took over has not heard what the one before it was told.
    private static readonly TimeSpan BetweenStops = TimeSpan.FromSeconds(5);

    // As the coordinator names it: this machine may not have it.
    private RunFolder _folder = null!;
    private bool _hasBegun;

    /// <summary>Submits the run, shows how it goes, and ends with its table.</summary>
    /// <param name="stop">Asks the coordinator to stop the run.</param>
    /// <param name="check">Called before each look at the run; throws when it cannot go on here.</param>
    /// <returns>The program's exit code.</returns>
    /// <exception cref="OperationCanceledException">The stop came before a coordinator took the run.</exception>
    public async Task<int> RunAsync(CancellationToken stop, Func<Task> check)
    {
        await SubmitAsync(stop);
        long? stopped = null;
        stop.Register(() => coordinator.Tell(RunCommands.Stop.Instance));
        var watch = new CoordinatorWatch(submit.RunId, Console.Error.WriteLine, TimeProvider.System);
        var status = await RunDisplay.FollowAsync(LookAsync, plain, Poll);
        return Finish(status);

        async Task<RunStatus?> LookAsync()
        {
            await check();
            var answer = await StatusAsync();
            var status = watch.Look(answer) ?? (answer is null ? null : await ForgottenAsync(stop));
            _hasBegun |= status is { Stage: not RunStage.Loading };
            if (stop.IsCancellationRequested && status is { Outcome: null })
            {
                StopAgain();
            }

            return status;
        }

        void StopAgain()
        {
            stopped ??= TimeProvider.System.GetTimestamp();
            if (TimeProvider.System.GetElapsedTime(stopped.Value) >= BetweenStops)
            {
                stopped = TimeProvider.System.GetTimestamp();
                coordinator.Tell(RunCommands.Stop.Instance);
            }
        }
    }

    // What a coordinator that is lost knew of a run that has not begun, or is over, is lost with it.
    private async Task<RunStatus?> ForgottenAsync(CancellationToken stop)
    {
        if (!_hasBegun)
        {
            stop.ThrowIfCancellationRequested();
            await SubmitAsync(stop);
        }

        return _folder.IsFinished
            ? RunStatus.NoRun with { RunId = submit.RunId, Outcome = RunOutcome.Finished }
            : null;
    }

    private async Task SubmitAsync(CancellationToken stop)
    {
        for (var since = TimeProvider.System.GetTimestamp(); ;)
        {
            try
            {
                var answer = await coordinator.AskAsync<RunCommands.Submitted>(submit, Answer).WaitAsync(stop);
                if (answer.Refusal is { } refusal)
                {
                    throw new UserErrorException(
                        $"the cluster does not take the run: {refusal}. Wait for it, or stop it with Ctrl-C where it "
                        + $"was started.");
                }

                _folder = new RunFolder(answer.Folder);
                return;
            }
            catch (AskTimeoutException) when (TimeProvider.System.GetElapsedTime(since) < patience)
            {
                // The singleton may still be moving to its node.
            }
            catch (AskTimeoutException)
            {
                throw new UserErrorException(
                    $"no coordinator has answered for {patience.TotalSeconds} s (r1reward.node.join-timeout): start a "
                    + "node with the role coordinator.");
            }
        }
    }

    private async Task<RunStatus?> StatusAsync()
    {
        try
        {
            return await coordinator.AskAsync<RunStatus>(RunCommands.GetStatus.Instance, Answer);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private int Finish(RunStatus status)
    {
        switch (status.Outcome)
        {
            case RunOutcome.Finished when !Directory.Exists(_folder.Root):
                Console.WriteLine(
                    $"{submit.RunId}: finished; its table and its report are in {_folder.Root} on the storage of the "
                    + "cluster, which this machine does not have.");
                return ExitCode.Done;
            case RunOutcome.Finished:
                SummaryTable.Print(_folder);
                return ExitCode.Done;
            case RunOutcome.Stopped:
                Console.WriteLine($"{submit.RunId}: {status.Message} (run folder {_folder.Root})");
                return ExitCode.Done;
            case RunOutcome.UserError:
                throw new UserErrorException(status.Message);
            default:
                Console.Error.WriteLine($"{submit.RunId}: {status.Message} The log is {_folder.Log}.");
                return ExitCode.Broken;
        }
    }
}
