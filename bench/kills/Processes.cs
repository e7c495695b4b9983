using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Newtonsoft.Json.Linq;

namespace R1Reward.Bench.Kills;

/// <summary>
/// The processes of one trial, all in one folder; they end with this object. A node that ends because it was removed,
/// or could not join, is started again, as a supervisor does by its exit code; a victim is not.
/// </summary>
internal sealed partial class Processes(string folder, Layout layout, Hosts hosts) : IDisposable
{
    private const string Configuration = "bench/kills/kills.conf";
    private const string Program = "src/Cli/bin/Release/net10.0/r1reward.dll";
    private const int Removed = 3;
    private const int NotJoined = 4;

    // The command line that hands the run in has a host of its own.
    private const int Client = 9;

    private readonly ConcurrentDictionary<string, Process> _nodes = [];
    private readonly ConcurrentBag<Process> _all = [];
    private volatile bool _isOver;

    /// <summary>The process whose end is the run's.</summary>
    public Process Command { get; private set; } = null!;

    /// <summary>Starts the nodes, if there are any, and the command line.</summary>
    public void Start()
    {
        if (hosts.AreApart)
        {
            var all = Enumerable.Range(0, layout.Nodes.Count).Append(Client).Select(hosts.AddressOf);
            using var certs = Start(
                ["dotnet"], null, Program, "cluster", "certs", "--out", Certificates, "--hosts", string.Join(',', all));
            certs.StandardOutput.ReadToEnd();
            certs.WaitForExit();
        }

        foreach (var node in Enumerable.Range(0, layout.Nodes.Count))
        {
            StartNode($"{node}");
        }

        Command = layout.Nodes.Count == 0
            ? Run("command", 0, "train", "--config", Configuration, "--plain", "--processes", "3")
            : Run(
                "command", Client, "train", "--config", Configuration, "--plain", "--submit", "--set", Seeds,
                "--set", $"akka.remote.dot-netty.tcp.hostname={hosts.AddressOf(Client)}");
    }

    /// <summary>Sends a signal to a node, or to the child with a role.</summary>
    public void Signal(string signal, string node)
    {
        var id = layout.Nodes.Count == 0 ? ChildWith(node) : _nodes[node].Id;
        using var kill = Process.Start("kill", ["-" + signal, id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Has a node end in the middle of a phase, when it comes to it; <c>.done</c> then has the time.</summary>
    public void EndIn(string phase, string node)
    {
        var order = OrderTo($"node-{node}");
        File.WriteAllText(order + ".new", phase);
        File.Move(order + ".new", order);
    }

    /// <summary>When a node has ended in a phase; null as long as it has not.</summary>
    public DateTimeOffset? EndedIn(string node) => !_nodes[node].HasExited
        ? null
        : DateTimeOffset.Parse(File.ReadAllText(OrderTo($"node-{node}") + ".done"), CultureInfo.InvariantCulture);

    /// <summary>Nodes of the ranks of the item under way, the first one first, as its coordinator says.</summary>
    public IReadOnlyList<string> Together()
    {
        using var process = Start(
            ["dotnet"], null, Program, "cluster", "status", "--json", "--config", Configuration, "--set", Seeds,
            "--set", $"akka.remote.dot-netty.tcp.hostname={hosts.AddressOf(Client)}");
        var status = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        var run = process.ExitCode == 0 ? JObject.Parse(status)["run"] : null;
        return
        [
            .. from worker in (run as JObject)?["workers"]?.Children() ?? []
               let rank = WorkOfRank().Match((string?)worker["works-on"] ?? "")
               where rank.Success
               orderby int.Parse(rank.Groups[1].Value, CultureInfo.InvariantCulture)
               select _nodes.Keys.Single(node => hosts.NodeAddress(int.Parse(node)) == (string?)worker["address"]),
        ];
    }

    /// <summary>Completes when the process of a node has exited, whatever its exit code.</summary>
    public Task EndedAsync(string node, CancellationToken cancel) => _nodes[node].WaitForExitAsync(cancel);

    /// <summary>Starts a node; one that was killed comes back under its address.</summary>
    public void StartNode(string node)
    {
        var number = int.Parse(node, CultureInfo.InvariantCulture);
        var process = Run(
            $"node-{node}", number,
            "node", "--config", Configuration, "--set", Seeds,
            "--set", $"r1reward.node.roles={layout.Nodes[number]}",
            "--set", $"r1reward.node.found={(number == 0 ? "on" : "off")}",
            "--set", $"akka.cluster.min-nr-of-members={(layout.Nodes.Count + 1) / 2}",
            "--set", $"akka.remote.dot-netty.tcp.hostname={hosts.AddressOf(number)}",
            "--set", $"akka.remote.dot-netty.tcp.port={hosts.PortOf(number)}",
            "--set", $"r1reward.node.bulk.host={hosts.AddressOf(number)}");
        _nodes[node] = process;
        process.Exited += (_, _) =>
        {
            if (!_isOver && process.ExitCode is Removed or NotJoined)
            {
                StartNode(node);
            }
        };
        process.EnableRaisingEvents = true;
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

    [GeneratedRegex(@", rank (\d+) of ")]
    private static partial Regex WorkOfRank();

    private string OrderTo(string name) => Path.Combine(folder, name + ".end");

    private string Certificates => Path.Combine(folder, "certs");

    private string Seeds => "akka.cluster.seed-nodes=" + string.Join(
        ',', Enumerable.Range(0, Math.Min(2, layout.Nodes.Count)).Select(hosts.NodeAddress));

    private Process Run(string name, int host, params string[] arguments)
    {
        string[] tls =
        [
            "--set", "akka.remote.dot-netty.tcp.enable-ssl=on",
            "--set", $"r1reward.node.tls.authority={Path.Combine(Certificates, "ca.pem")}",
            "--set", "akka.remote.dot-netty.tcp.ssl.certificate.path="
                + Path.Combine(Certificates, hosts.AddressOf(host), "node.pfx"),
        ];
        var process = Start(
            hosts.Command(host),
            name,
            [
                Program, .. arguments, .. hosts.AreApart ? tls : [],
                .. layout.Settings.SelectMany(setting => new[] { "--set", setting }),
                "--set", $"r1reward.rl.steps={layout.Updates}",
                "--set", $"r1reward.eval.every={layout.EvaluateEvery}",
                "--set", $"r1reward.run.folder={Path.Combine(folder, "runs")}",
                "--set", $"r1reward.node.cache={Path.Combine(folder, "cache-" + name)}",
            ]);
        _all.Add(process);
        Keep(process, Path.Combine(folder, name + ".txt"));
        return process;
    }

    private Process Start(string[] command, string? node, params string[] arguments)
    {
        var start = new ProcessStartInfo(command[0], [.. command[1..], .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        if (layout.Fault == Fault.InPhase && node is not null)
        {
            start.Environment["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location;
            start.Environment["R1_KILL_AT"] = OrderTo(node);
        }

        return Process.Start(start)!;
    }

    // Every line with the time at which it came.
    private static void Keep(Process process, string path)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(path, append: true) { AutoFlush = true });
        process.OutputDataReceived += (_, line) => Write(line.Data);
        process.ErrorDataReceived += (_, line) => Write(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        void Write(string? line)
        {
            if (line is not null)
            {
                writer.WriteLine($"{TimeProvider.System.GetUtcNow():O} {line}");
            }
        }
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
}
