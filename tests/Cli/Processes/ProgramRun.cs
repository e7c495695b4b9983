using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Newtonsoft.Json.Linq;
using R1Reward.Actors.Runs;
using R1Reward.Actors.Runs.Record;
using R1Reward.Data.Files;
using R1Reward.Tests.Support;
using LaterJournal = R1Reward.Actors.Coordination.Records.Journal;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>A tiny run by the program as it is built beside the tests, in processes of its own.</summary>
internal sealed class ProgramRun : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly CancellationTokenSource _patience;
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private ProgramRun(Process process, RunFolder folder, TimeSpan patience)
    {
        (_process, Folder, _patience) = (process, folder, new CancellationTokenSource(patience));
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>A TCP port of this machine that nobody has at the moment.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public RunFolder Folder { get; }

    public string JournalFile => Path.Combine(Folder.Root, "journal.jsonl");

    /// <summary>Starts `r1reward quickstart` with the settings of <see cref="TinyRunSettings"/>.</summary>
    public static ProgramRun Quickstart(
        string runs, int steps, int processes, TimeSpan patience, params string[] more) => Start(
        new RunFolder(Path.Combine(runs, "tiny")),
        patience,
        ["quickstart", "--name", "tiny", "--plain", "--processes", processes.ToString(CultureInfo.InvariantCulture),
            .. TinyRunSettings.For(runs, steps).Skip(1).SelectMany(setting => new[] { "--set", setting }), .. more]);

    /// <summary>Starts the program.</summary>
    public static ProgramRun Start(RunFolder folder, TimeSpan patience, params string[] arguments) =>
        Start([], folder, patience, arguments);

    /// <summary>Starts the program where the operating system trusts one authority, and no other.</summary>
    public static ProgramRun StartTrusting(
        string authority, RunFolder folder, TimeSpan patience, params string[] arguments) =>
        Start([$"SSL_CERT_FILE={authority}", "SSL_CERT_DIR=/nowhere"], folder, patience, arguments);

    private static ProgramRun Start(string[] variables, RunFolder folder, TimeSpan patience, string[] arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "r1reward.dll");

        // What runs in the background inherits that SIGINT is ignored, and would never hear of Ctrl-C.
        var start = new ProcessStartInfo(
            "env", ["--default-signal=INT,TERM", .. variables, "dotnet", program, .. arguments])
        {
            UseShellExecute = false,
            WorkingDirectory = Fixtures.Repository,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ProgramRun(Process.Start(start)!, folder, patience);
    }

    /// <summary>Waits until an update has been made.</summary>
    public Task UpdatedAsync() => SeenAsync(() => Updates().Count > 0);

    /// <summary>Waits until something is there, or the program has ended.</summary>
    public async Task SeenAsync(Func<bool> isThere)
    {
        while (!_process.HasExited && !isThere())
        {
            await Task.Delay(Poll, TimeProvider.System, _patience.Token);
        }
    }

    /// <summary>Begins the epoch of a later coordinator in the journal, by its lock as a coordinator does.</summary>
    /// <returns>The epoch.</returns>
    public int TakeOver() => LaterJournal.Open(Path.GetDirectoryName(JournalFile)!, TimeProvider.System).Epoch;

    /// <summary>Waits until a file in a folder holds a text.</summary>
    public async Task LoggedAsync(string folder, string text)
    {
        bool Logged() =>
            Directory.Exists(folder) && Directory.GetFiles(folder).Any(file => File.ReadAllText(file).Contains(text));
        await SeenAsync(Logged);
    }

    /// <summary>The updates' lines in metrics.jsonl: step and number of samples.</summary>
    public List<(int Step, int Samples)> Updates() =>
        [.. JsonLines.Read(Folder.Metrics)
            .Where(line => (string?)line["phase"] == "rl")
            .Select(line => ((int)line["step"]!, (int)line["samples"]!))];

    /// <summary>The journal's lines, those of earlier coordinators included.</summary>
    public List<JObject> Journal() => [.. JsonLines.Read(JournalFile)];

    /// <summary>Waits for the end.</summary>
    public async Task<Finished> EndAsync()
    {
        try
        {
            await _process.WaitForExitAsync(_patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            var log = File.Exists(Folder.Log) ? File.ReadLines(Folder.Log).TakeLast(20) : [];
            Assert.Fail(
                $"the program did not end; {Updates().Count} updates\n{await _error}\n{string.Join('\n', log)}");
        }

        return new Finished(_process.ExitCode, await _output, await _error);
    }

    /// <summary>Sends a signal to this process alone: INT is what Ctrl-C sends, TERM what a supervisor does.</summary>
    public void Signal(string signal) => Signal(signal, _process.Id);

    /// <summary>Sends a signal to the child with the role.</summary>
    public void Signal(string signal, string role) => Signal(signal, NodeWith(role));

    private static void Signal(string signal, int process)
    {
        using var kill = Process.Start("kill", ["-" + signal, process.ToString(CultureInfo.InvariantCulture)])!;
        kill.WaitForExit();
    }

    private int NodeWith(string role)
    {
        var id = Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Where(name => name!.All(char.IsAsciiDigit))
            .First(name =>
            Command(name!) is var command
                && command.Contains($"r1reward-node-{_process.Id}.conf")
                && command.Contains("node.roles=" + role));
        return int.Parse(id!, CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
        _patience.Dispose();
    }

    private static string Command(string id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/cmdline");
        }
        catch (IOException)
        {
            // The process ended after it was listed.
            return "";
        }
    }
}
