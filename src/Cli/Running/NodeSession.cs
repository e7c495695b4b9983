using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Data;
using R1Reward.Data.Options;
using R1Reward.Policy.Devices;
using Serilog;

namespace R1Reward.Cli.Running;

/// <summary>A node that serves a cluster until it is stopped, downed or orphaned.</summary>
internal static class NodeSession
{
    public static async Task<int> RunAsync(EffectiveConfiguration configuration)
    {
        var reader = configuration.Reader();
        var node = NodeSettings.Read(reader, configuration.Config);
        Logging.Levels(reader);
        reader.ThrowIfWrong();
        await NodeSettings.CheckMachineAsync(reader, node.MayFound, TimeProvider.System);
        TensorLibrary.EnsureLoaded();
        var file = Path.Combine(node.RunsFolder, "nodes", $"{Environment.MachineName}-{Environment.ProcessId}.jsonl");
        var log = Logging.Start(reader, reader.Text("r1reward.run.name"), file);
        using var stop = new StopKeys();
        using var parent = ParentProcess.Find();
        if (parent is not null)
        {
            if (await parent.SeedAsync() is not { } seed)
            {
                return ExitCode.Done;
            }

            node = node with { Seeds = [seed] };
        }

        NodeHost host;
        try
        {
            host = await NodeHost.StartAsync(node, TimeProvider.System, resume: true, stop.Requested);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done;
        }

        log.Follow(host.System);
        var address = Cluster.Get(host.System).SelfAddress;
        if (parent is not null)
        {
            // For the parent (ChildNode).
            Console.WriteLine(address);
        }
        else
        {
            Console.WriteLine($"node {address}: roles {string.Join(", ", node.Roles.Select(EnumNames.Dashed))}");
            if (host.HttpAddress is { } http)
            {
                Console.WriteLine($"health and metrics at {http}");
            }

            host.Tell(Console.WriteLine);
        }

        Log.Information("node {Address} with roles {Roles}", address, node.Roles);
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (parent is null)
        {
            // Ctrl-C reaches a child, too, but its parent still wants the step under way.
            stop.Requested.Register(() => asked.TrySetResult());
        }

        var ended = await Task.WhenAny(asked.Task, OrphanedAsync(parent), host.UserError, host.System.WhenTerminated);
        await host.DisposeAsync();
        if (ended == host.System.WhenTerminated)
        {
            return host.Downed is { } downed ? throw downed : ExitCode.Done;
        }

        return host.UserError.IsCompleted ? throw new UserErrorException(await host.UserError) : ExitCode.Done;
    }

    private static Task OrphanedAsync(ParentProcess? parent) =>
        parent?.GoneAsync() ?? Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
}
