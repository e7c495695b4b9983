using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using R1Reward.Policy.Devices;

namespace R1Reward.Cli.Running;

/// <summary>
/// A training run from the command line: starts this process's node, or a client of a cluster, and submits the run to
/// the coordinator.
/// </summary>
internal static class TrainSession
{
    // This process is the cluster's only coordinator: whoever is on its side goes on.
    private const string OnlyCoordinator =
        "akka.cluster.split-brain-resolver.keep-majority.role = coordinator";

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
        var folder = new RunFolder(Path.Combine(node.RunsFolder, settings.Name));
        Console.WriteLine(
            options.Submit ? $"run {settings.Name}, for the cluster" : $"run {settings.Name}, folder {folder.Root}");
        if (options.Submit)
        {
            ClientSettings.CheckMachine(reader, TimeProvider.System);
        }
        else
        {
            await NodeSettings.CheckMachineAsync(reader, node.MayFound, TimeProvider.System);
        }

        var log = Logging.Start(reader, settings.Name, options.Submit ? null : folder.Log);
        using var stop = new StopKeys();
        try
        {
            return options.Submit
                ? await SubmitAsync(configuration, options, settings, node, log, stop.Requested)
                : await WorkAsync(configuration, options, settings, node, log, stop.Requested);
        }
        catch (OperationCanceledException) when (stop.Requested.IsCancellationRequested)
        {
            Console.WriteLine($"{settings.Name}: stopped before a coordinator took the run");
            return ExitCode.Done;
        }
    }

    private static async Task<int> SubmitAsync(
        EffectiveConfiguration configuration,
        TrainOptions options,
        RunSettings settings,
        NodeSettings node,
        RunEnricher log,
        CancellationToken stop)
    {
        if (node.Seeds.Count == 0)
        {
            throw new UserErrorException(
                "--submit: akka.cluster.seed-nodes names no node of a cluster. Name the addresses of its nodes.");
        }

        await using var client = ClusterClient.Start(node.Client);
        log.Follow(client.System);
        var submit = new RunCommands.Submit(settings.Name, configuration.Print());
        var submission = new RunSubmission(client, submit, node.JoinTimeout, options.Plain);
        return await submission.RunAsync(stop, () => Task.CompletedTask);
    }

    private static async Task<int> WorkAsync(
        EffectiveConfiguration configuration,
        TrainOptions options,
        RunSettings settings,
        NodeSettings node,
        RunEnricher log,
        CancellationToken stop)
    {
        var submit = new RunCommands.Submit(settings.Name, configuration.Print());
        if (node.Seeds.Count == 0)
        {
            configuration = configuration.With(OnlyCoordinator, "train");
        }

        node = node with
        {
            Roles = options.Processes == 1 ? node.Roles : [NodeRole.Coordinator, NodeRole.Reward, NodeRole.Judge],
            Config = configuration.Config,
        };
        if (!node.Roles.Contains(NodeRole.Coordinator) && node.Seeds.Count == 0)
        {
            throw new UserErrorException(
                "r1reward.node.roles: no coordinator here and no akka.cluster.seed-nodes to find one. Add the role, or "
                + "name the cluster.");
        }

        TensorLibrary.EnsureLoaded();
        var children = options.Processes == 3
            ? ChildNodes.Start(
                configuration,
                [
                    [NodeRole.Rollout],
                    .. settings.Learners.Processes(settings.Learner, settings.SftWorker, settings.SrmWorker),
                ])
            : null;
        await using var host = await StartAsync(node, children, stop);
        using var others = children;
        log.Follow(host.System);
        others?.Join(Cluster.Get(host.System));
        var submission = new RunSubmission(host, submit, node.JoinTimeout, options.Plain);
        return await submission.RunAsync(stop, () => CheckAsync(host, others));
    }

    private static async Task<NodeHost> StartAsync(NodeSettings node, ChildNodes? children, CancellationToken stop)
    {
        try
        {
            return await NodeHost.StartAsync(node, TimeProvider.System, resume: false, stop);
        }
        catch
        {
            children?.Dispose();
            throw;
        }
    }

    private static async Task CheckAsync(NodeHost host, ChildNodes? others)
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
    }
}
