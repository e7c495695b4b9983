using System.Diagnostics;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Data.Options;

namespace R1Reward.Cli.Running;

/// <summary>One more node on this machine, in a process of its own that ends when this one does.</summary>
internal sealed class ChildNode : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private volatile string? _address;

    private ChildNode(Process process)
    {
        _process = process;
        _ = ListenAsync();
    }

    /// <summary>Its address in the cluster; null until it has joined.</summary>
    public string? Address => _address;

    /// <summary>The exit code of a process that has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>Starts the process of a node.</summary>
    /// <param name="configuration">File of its configuration.</param>
    /// <param name="roles">What it does for the cluster.</param>
    public static ChildNode Start(string configuration, IEnumerable<NodeRole> roles)
    {
        // The program is a library for `dotnet`; this process was started the same way.
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var argument in new[]
        {
            typeof(ChildNode).Assembly.Location, "node", "--config", configuration,
            "--set", "akka.cluster.seed-nodes=[]",
            "--set", "r1reward.node.found=off",
            "--set", "akka.remote.dot-netty.tcp.port=0",
            "--set", "r1reward.node.bulk.port=0",
            "--set", "r1reward.node.http.port=off",
            "--set", "r1reward.node.roles=" + string.Join(',', roles.Select(EnumNames.Dashed)),
        })
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment[ParentProcess.Variable] = "stdin";
        return new ChildNode(Process.Start(start)!);
    }

    /// <summary>Tells it by way of whom it joins, which it waits for.</summary>
    public void Join(string seed)
    {
        try
        {
            _process.StandardInput.WriteLine(seed);
        }
        catch (IOException)
        {
            // It has ended already.
        }
    }

    /// <summary>Completes when the process has ended.</summary>
    public Task EndedAsync(CancellationToken cancel) => _process.WaitForExitAsync(cancel);

    /// <summary>Has it leave in good order, and ends it when it takes too long.</summary>
    public async Task EndAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
        }
    }

    /// <summary>Ends it at once, which a process that is frozen cannot do itself.</summary>
    public void Kill() => _process.Kill();

    /// <inheritdoc/>
    public void Dispose() => _process.Dispose();

    // Its first line is its address, which only the child knows: it takes any free port.
    private async Task ListenAsync()
    {
        _address = await _process.StandardOutput.ReadLineAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            Console.WriteLine(line);
        }
    }
}
