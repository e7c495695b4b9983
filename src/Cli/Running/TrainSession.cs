using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Cli.Output;
using R1Reward.Data;
using R1Reward.Policy.Devices;

namespace R1Reward.Cli.Running;

/// <summary>
/// A training run from the command line: starts this process's node, submits the run to the coordinator (its own or a
/// cluster's), shows how it goes, and ends with its table.
/// </summary>
internal static class TrainSession
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public static async Task<int> RunAsync(EffectiveConfiguration configuration, TrainOptions options)
    {
        if (options.Processes is not (1 or 3))
        {
            throw new UserErrorException(
                $"--processes {options.Processes}: write 1 or 3; larger clusters start with `r1reward node` on each "
                + $"machine.");
        }

        var reader = configuration.Reader();
        var (settings, node) = CheckedSettings.Read(reader, configuration);
        await NodeSettings.CheckMachineAsync(reader, mayFound: !options.Submit && node.MayFound, TimeProvider.System);
        node = node with
        {
            Roles = options.Submit
                ? []
                : options.Processes == 1
                ? node.Roles
                : [NodeRole.Coordinator, NodeRole.Reward, NodeRole.Judge],
        };
        if (!options.Submit && !node.Roles.Contains(NodeRole.Coordinator) && node.Seeds.Count == 0)
        {
            throw new UserErrorException(
                "r1reward.node.roles: no coordinator here and no akka.cluster.seed-nodes to find one. Add the role, or "
                + "name the cluster.");
        }

        if (!options.Submit)
        {
            TensorLibrary.EnsureLoaded();
        }

        var folder = new RunFolder(Path.Combine(node.RunsFolder, settings.Name));
        var log = Logging.Start(reader, settings.Name, options.Submit ? null : folder.Log);
        using var stop = new StopKeys();
        await using var host = await NodeHost.StartAsync(node, TimeProvider.System, resume: false);
        log.Follow(host.System);
        using var others = options.Processes == 3
            ? ChildNodes.Start(
                configuration,
                Cluster.Get(host.System).SelfAddress.ToString(),
                [NodeRole.Rollout],
                [NodeRole.Learner, NodeRole.Sft])
            : null;

        await SubmitAsync(host, new RunCommands.Submit(settings.Name, configuration.Print(), folder.Root));
        stop.Requested.Register(() => host.Coordinator.Tell(RunCommands.Stop.Instance));
        var watch = new CoordinatorWatch(settings.Name, Console.Error.WriteLine, TimeProvider.System);
        var status = await RunDisplay.FollowAsync(
            async () => watch.Look(await StatusAsync(host, others)), options.Plain, Poll);
        return Finish(status, folder, settings.Name);
    }

    private static async Task SubmitAsync(NodeHost host, RunCommands.Submit submit)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var answer = await host.Coordinator.Ask<RunCommands.Submitted>(submit, TimeSpan.FromSeconds(5));
                if (answer.Refusal is { } refusal)
                {
                    throw new UserErrorException(
                        $"the cluster does not take the run: {refusal}. Wait for it, or stop it with Ctrl-C where it "
                        + $"was started.");
                }

                return;
            }
            catch (AskTimeoutException) when (attempt < 6)
            {
                // The singleton may still be moving to its node.
            }
            catch (AskTimeoutException)
            {
                throw new UserErrorException(
                    "no coordinator answers in the cluster: start a node with the role coordinator.");
            }
        }
    }

    private static async Task<RunStatus?> StatusAsync(NodeHost host, ChildNodes? others)
    {
        if (others is { HasUserError: true })
        {
            throw new UserErrorException("a node of this run cannot work; what to correct stands above.");
        }

        if (host.UserError.IsCompleted)
        {
            throw new UserErrorException(await host.UserError);
        }

        if (host.System.WhenTerminated.IsCompleted)
        {
            throw host.Downed ?? new DownedException(
                "this node left the cluster; the run goes on where the others are, or with the same command.");
        }

        try
        {
            return await host.Coordinator.Ask<RunStatus>(RunCommands.GetStatus.Instance, TimeSpan.FromSeconds(5));
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }

    private static int Finish(RunStatus status, RunFolder folder, string name)
    {
        switch (status.Outcome)
        {
            case RunOutcome.Finished:
                SummaryTable.Print(folder);
                return ExitCode.Done;
            case RunOutcome.Stopped:
                Console.WriteLine($"{name}: {status.Message} (run folder {folder.Root})");
                return ExitCode.Done;
            case RunOutcome.UserError:
                throw new UserErrorException(status.Message);
            default:
                Console.Error.WriteLine($"{name}: {status.Message} The log is {folder.Log}.");
                return ExitCode.Broken;
        }
    }
}
