using System.Globalization;
using R1Reward.Actors.Configuration;
using R1Reward.Actors.Configuration.Settings;
using R1Reward.Actors.Hosting;
using R1Reward.Actors.Protocol;
using R1Reward.Actors.Runs;
using R1Reward.Tests.Support;

namespace R1Reward.Cli.Tests.Processes;

/// <summary>A tiny run on nodes that are processes of their own, handed in by a command line that is none of them.
/// </summary>
internal sealed class ClusterRun : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<string, ProgramRun> _nodes = [];
    private readonly ClusterClient _client;
    private readonly TimeSpan _patience;

    /// <summary>Starts the nodes, the first two of which are the seeds, and hands the run in.</summary>
    /// <param name="runs">Folder of the run's folder.</param>
    /// <param name="steps">Updates of the run.</param>
    /// <param name="patience">How long all of it may take.</param>
    /// <param name="roles">The roles of each node.</param>
    public ClusterRun(string runs, int steps, TimeSpan patience, params string[] roles)
        : this(runs, steps, patience, [], roles)
    {
    }

    /// <summary>As the other with settings of its own.</summary>
    public ClusterRun(string runs, int steps, TimeSpan patience, string[] settings, string[] roles)
    {
        _patience = patience;
        var addresses = roles.Select(_ => $"akka.tcp://r1reward@127.0.0.1:{ProgramRun.FreePort()}").ToList();
        string[] shared =
        [
            .. TinyRunSettings.For(runs, steps), .. settings, "r1reward.node.join-timeout=2 m",
            $"akka.cluster.seed-nodes={string.Join(',', addresses.Take(2))}",
        ];
        foreach (var (node, address) in addresses.Index())
        {
            string[] own =
            [
                $"r1reward.node.roles={roles[node]}", $"r1reward.node.found={(node == 0 ? "on" : "off")}",
                $"r1reward.node.cache={Path.Combine(runs, $"cache-{node}")}",
                $"akka.cluster.min-nr-of-members={(roles.Length / 2) + 1}",
                $"akka.remote.dot-netty.tcp.port={address.Split(':')[^1]}",
            ];
            _nodes[address] = Program("node", [.. shared, .. own]);
        }

        var configuration = Configurations.Load(null, shared, _ => null);
        _client = ClusterClient.Start(ClientSettings.Read(configuration.Reader(), configuration.Config));
        Command = Program("train", shared, "--submit", "--plain");

        ProgramRun Program(string verb, IEnumerable<string> settings, params string[] options) => ProgramRun.Start(
            new RunFolder(Path.Combine(runs, "tiny")),
            patience,
            [
                verb, "--config", Path.Combine("hocon", "quickstart.conf"), .. options,
                .. settings.SelectMany(setting => new[] { "--set", setting }),
            ]);
    }

    /// <summary>The command line.</summary>
    public ProgramRun Command { get; }

    /// <summary>Waits until all nodes are up.</summary>
    /// <returns>The address of the node that coordinates.</returns>
    public async Task<string> UpAsync()
    {
        using var patience = new CancellationTokenSource(_patience);
        while (true)
        {
            var seen = await _client.FindAsync(TimeSpan.FromSeconds(5));
            if (seen?.Coordinator is { } coordinator && seen.All.Count(member => member.Status == "up") == _nodes.Count)
            {
                return coordinator;
            }

            await Task.Delay(Poll, TimeProvider.System, patience.Token);
        }
    }

    /// <summary>Stops the process of a node for good; its connections stay.</summary>
    public void Freeze(string address) => _nodes[address].Signal("STOP");

    /// <summary>The last node that is not another one.</summary>
    public string LastBut(string address) => _nodes.Keys.Last(node => node != address);

    /// <summary>Waits until an update has been learned.</summary>
    /// <returns>The address of the node that learned it.</returns>
    public async Task<string> LearnedAsync()
    {
        string? learner = null;
        await Command.SeenAsync(() =>
            File.Exists(Command.JournalFile)
            && (learner = Command.Journal()
                .Where(line => (string?)line["Kind"] == "StepLearned")
                .Select(line => (string?)line.SelectToken("Weights.Blob.Node"))
                .LastOrDefault()) is not null);
        return learner ?? throw new InvalidOperationException("the run ended without an update");
    }

    /// <summary>The longest time between two lines of the journal.</summary>
    public TimeSpan LongestPause()
    {
        var times = Command.Journal()
            .Select(line => DateTimeOffset.Parse((string)line["At"]!, CultureInfo.InvariantCulture))
            .ToList();
        return times.Zip(times.Skip(1)).Max(pair => pair.Second - pair.First);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        Command.Dispose();
        foreach (var node in _nodes.Values)
        {
            node.Dispose();
        }
    }
}
