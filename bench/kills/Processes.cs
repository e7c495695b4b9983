using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace R1Reward.Bench.Kills;

/// <summary>
/// The processes of one trial, all in one folder; they end with this object. A node that ends because it was removed,
/// or could not join, is started again, as a supervisor does by its exit code; a victim is not.
/// </summary>
internal sealed class Processes(string folder, Layout layout) : IDisposable
{
    private const string Configuration = "bench/kills/kills.conf";
    private const int Removed = 3;
    private const int NotJoined = 4;

    private readonly int[] _ports = [.. layout.Nodes.Select(_ => FreePort())];
    private readonly ConcurrentDictionary<string, Process> _nodes = [];
    private readonly ConcurrentBag<Process> _all = [];
    private volatile bool _isOver;

    /// <summary>The process whose end is the run's.</summary>
    public Process Command { get; private set; } = null!;

    /// <summary>Starts the nodes, if there are any, and the command line.</summary>
    public void Start()
    {
        foreach (var node in Enumerable.Range(0, layout.Nodes.Count))
        {
            StartNode($"{node}");
        }

        Command = layout.Nodes.Count == 0
            ? Run("command", "train", "--config", Configuration, "--plain", "--processes", "3")
            : Run("command", "train", "--config", Configuration, "--plain", "--submit", "--set", Seeds);
    }

    /// <summary>Sends a signal to a node, or to the child with a role.</summary>
    public void Signal(string signal, string node)
    {
        var id = layout.Nodes.Count == 0 ? ChildWith(node) : _nodes[node].Id;
        using var kill = Process.Start("kill", ["-" + signal, id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Starts a node; one that was killed comes back under its address.</summary>
    public void StartNode(string node)
    {
        var number = int.Parse(node, CultureInfo.InvariantCulture);
        _nodes[node] = Run(
            $"node-{node}",
            "node", "--config", Configuration, "--set", Seeds,
            "--set", $"r1reward.node.roles={layout.Nodes[number]}",
            "--set", $"r1reward.node.found={(number == 0 ? "on" : "off")}",
            "--set", "akka.cluster.min-nr-of-members=2",
            "--set", $"akka.remote.dot-netty.tcp.port={_ports[number]}");
        _nodes[node].Exited += (ended, _) =>
        {
            if (!_isOver && ((Process)ended!).ExitCode is Removed or NotJoined)
            {
                StartNode(node);
            }
        };
        _nodes[node].EnableRaisingEvents = true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _isOver = true;
        foreach (var process in _all)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
            }

            process.Dispose();
        }
    }

    private string Seeds => "akka.cluster.seed-nodes=" + string.Join(
        ',', _ports.Take(2).Select(port => $"akka.tcp://r1reward@127.0.0.1:{port}"));

    private Process Run(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var argument in (string[])
        [
            "src/Cli/bin/Release/net10.0/r1reward.dll", .. arguments,
            "--set", $"r1reward.run.folder={Path.Combine(folder, "runs")}",
            "--set", $"r1reward.node.cache={Path.Combine(folder, "cache-" + name)}",
        ])
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start)!;
        _all.Add(process);
        Keep(process, Path.Combine(folder, name + ".txt"));
        return process;
    }

    private static void Keep(Process process, string path)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(path, append: true) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.ErrorDataReceived += (_, line) => writer.WriteLine(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private int ChildWith(string role) => Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => name!.All(char.IsAsciiDigit))
        .First(name => CommandOf(name!).Contains("node.roles=" + role) && ParentOf(name!) == Command.Id) is { } id
            ? int.Parse(id, CultureInfo.InvariantCulture)
            : throw new InvalidOperationException($"no child with the role {role}");

    private static int ParentOf(string id)
    {
        // The name, in parentheses, may hold anything; the parent is the second field after it.
        var status = Read($"/proc/{id}/stat");
        var fields = status[(status.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 1 ? int.Parse(fields[1], CultureInfo.InvariantCulture) : 0;
    }

    private static string CommandOf(string id) => Read($"/proc/{id}/cmdline");

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException)
        {
            // The process ended after it was listed.
            return "";
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
