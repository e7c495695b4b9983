using System.Diagnostics;
using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Coordination;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Runs;
using R1Reward.Data;
using Serilog;

namespace R1Reward.Cli.Running;

/// <summary>A node that serves a cluster until it is stopped, downed or orphaned.</summary>
internal static class NodeSession
{
    /// <summary>Process id of the process that started this one for a run of its own.</summary>
    public const string ParentVariable = "R1_PARENT";

    public static async Task<int> RunAsync(EffectiveConfiguration configuration)
    {
        var reader = configuration.Reader();
        var node = NodeSettings.Read(reader, configuration.Config);
        reader.ThrowIfWrong();
        Logging.Start(reader, reader.Text("r1reward.run.name"), Path.Combine(node.RunsFolder, "nodes", $"{Environment.MachineName}-{Environment.ProcessId}.jsonl"));
        using var stop = new StopKeys();
        var host = await NodeHost.StartAsync(node, bulk => new RunFactory(bulk, node, TimeProvider.System, takeUp: true), bulk => WorkerSpecs.For(node, bulk));
        Log.Information("node {Address} with roles {Roles}", Cluster.Get(host.System).SelfAddress, node.Roles);

        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        stop.Requested += () => asked.TrySetResult();
        var ended = await Task.WhenAny(asked.Task, OrphanedAsync(), host.UserError, host.System.WhenTerminated);
        if (ended == host.System.WhenTerminated)
        {
            await host.Bulk.DisposeAsync();
            return CoordinatedShutdown.Get(host.System).ShutdownReason is CoordinatedShutdown.ClusterDowningReason or FencedReason ? ExitCode.Downed : ExitCode.Done;
        }

        await host.DisposeAsync();
        return host.UserError.IsCompleted ? throw new UserErrorException(await host.UserError) : ExitCode.Done;
    }

    private static async Task OrphanedAsync()
    {
        if (!int.TryParse(Environment.GetEnvironmentVariable(ParentVariable), CultureInfo.InvariantCulture, out var id))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System);
        }

        try
        {
            using var parent = Process.GetProcessById(id);
            await parent.WaitForExitAsync();
        }
        catch (ArgumentException)
        {
            // It has gone already.
        }
    }
}
