using System.Diagnostics;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Data.Options;
using Serilog;

namespace R1Reward.Cli.Running;

/// <summary>
/// Further nodes on this machine, each a process of its own with some of the roles. One that dies is started again;
/// all end with this object.
/// </summary>
internal sealed class ChildNodes : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _ending = new();
    private readonly string _configuration;
    private readonly string _seed;
    private readonly Task[] _nodes;

    private ChildNodes(string configuration, string seed, IEnumerable<IReadOnlyList<NodeRole>> roles)
    {
        _configuration = configuration;
        _seed = seed;
        _nodes = [.. roles.Select(KeepAsync)];
    }

    /// <summary>Whether a child ended because of a user's mistake, which it has printed.</summary>
    public bool HasUserError { get; private set; }

    /// <summary>Starts one process per set of roles.</summary>
    public static ChildNodes Start(
        EffectiveConfiguration configuration, string seed, params IReadOnlyList<NodeRole>[] roles)
    {
        // In a folder that only this user can enter: the configuration may hold the password of a certificate.
        var folder = Directory.CreateTempSubdirectory("r1reward-").FullName;
        var path = Path.Combine(folder, $"r1reward-node-{Environment.ProcessId}.conf");
        File.WriteAllText(path, configuration.PrintWithAkka());
        return new ChildNodes(path, seed, roles);
    }

    public void Dispose()
    {
        _ending.Cancel();
        Task.WaitAll(_nodes);
        _ending.Dispose();
        Directory.Delete(Path.GetDirectoryName(_configuration)!, recursive: true);
    }

    private async Task KeepAsync(IReadOnlyList<NodeRole> roles)
    {
        while (!_ending.IsCancellationRequested)
        {
            using var process = Start(roles);
            try
            {
                await process.WaitForExitAsync(_ending.Token);
                if (process.ExitCode == ExitCode.UserError)
                {
                    HasUserError = true;
                    return;
                }

                Log.Warning(
                    "the node with {Roles} ended with exit code {Code}; it is started again", roles, process.ExitCode);
                await Task.Delay(Pause, TimeProvider.System, _ending.Token);
            }
            catch (OperationCanceledException)
            {
                await EndAsync(process);
            }
        }
    }

    private static async Task EndAsync(Process process)
    {
        process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
        }
    }

    private Process Start(IReadOnlyList<NodeRole> roles)
    {
        // The program is a library for `dotnet`; this process was started the same way.
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        foreach (var argument in new[]
        {
            typeof(ChildNodes).Assembly.Location, "node", "--config", _configuration,
            "--set", $"akka.cluster.seed-nodes={_seed}",
            "--set", "r1reward.node.found=off",
            "--set", "akka.remote.dot-netty.tcp.port=0",
            "--set", "r1reward.node.roles=" + string.Join(',', roles.Select(EnumNames.Dashed)),
        })
        {
            start.ArgumentList.Add(argument);
        }

        // The child leaves when its input ends: this object was disposed, or this process
        // ended in any way.
        start.Environment[NodeSession.ParentVariable] = "stdin";
        return Process.Start(start)!;
    }
}
