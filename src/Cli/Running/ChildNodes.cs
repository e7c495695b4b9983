using System.Diagnostics;
using R1Reward.Actors.Configuration;

namespace R1Reward.Cli.Running;

/// <summary>Further nodes on this machine, each a process of its own with some of the roles; they end with this object.</summary>
internal sealed class ChildNodes : IDisposable
{
    private readonly List<Process> _processes = [];
    private readonly string _configuration;

    private ChildNodes(string configuration) => _configuration = configuration;

    /// <summary>Starts one process per set of roles.</summary>
    public static ChildNodes Start(EffectiveConfiguration configuration, string seed, params IReadOnlyList<NodeRole>[] roles)
    {
        var path = Path.Combine(Path.GetTempPath(), $"r1reward-node-{Environment.ProcessId}.conf");
        File.WriteAllText(path, configuration.PrintWithAkka());
        var nodes = new ChildNodes(path);
        foreach (var set in roles)
        {
            nodes._processes.Add(Start(path, seed, set));
        }

        return nodes;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            if (!process.WaitForExit(TimeSpan.FromSeconds(15)))
            {
                process.Kill();
            }

            process.Dispose();
        }

        File.Delete(_configuration);
    }

    private static Process Start(string configuration, string seed, IReadOnlyList<NodeRole> roles)
    {
        // The program is a library for `dotnet`; this process was started the same way.
        var start = new ProcessStartInfo(Environment.ProcessPath!) { UseShellExecute = false };
        foreach (var argument in new[]
        {
            typeof(ChildNodes).Assembly.Location, "node", "--config", configuration,
            "--set", $"akka.cluster.seed-nodes={seed}",
            "--set", "akka.remote.dot-netty.tcp.port=0",
            "--set", "r1reward.node.roles=" + string.Join(',', roles.Select(SettingsReader.Dashed)),
        })
        {
            start.ArgumentList.Add(argument);
        }

        // Watched by the child: it leaves when its parent is gone, however that happened.
        start.Environment[NodeSession.ParentVariable] = Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return Process.Start(start)!;
    }
}
