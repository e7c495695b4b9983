using Akka.Configuration;
using R1Reward.Actors.Bulk;

namespace R1Reward.Actors.Configuration.Settings;

/// <summary>What one process needs to know to be a node.</summary>
public sealed record NodeSettings
{
    /// <summary>The name that all nodes of a cluster share, the part before the @ of an address.</summary>
    public const string SystemName = "r1reward";

    /// <summary>What the node does for the cluster.</summary>
    public required IReadOnlyList<NodeRole> Roles { get; init; }

    /// <summary>Rollout workers, one device each.</summary>
    public required int RolloutWorkers { get; init; }

    /// <summary>How it serves weights and batches.</summary>
    public required BulkOptions Bulk { get; init; }

    /// <summary>Where it tells supervisors how it is; null: nowhere.</summary>
    public required HttpEndpoint? Http { get; init; }

    /// <summary>How long it tries to join the cluster.</summary>
    public required TimeSpan JoinTimeout { get; init; }

    /// <summary>How often workers repeat what may have been lost.</summary>
    public required TimeSpan Heartbeat { get; init; }

    /// <summary>Folder that holds run folders.</summary>
    public required string RunsFolder { get; init; }

    /// <summary>Addresses of the cluster's first nodes; empty: this node is a cluster of its own.</summary>
    public required IReadOnlyList<string> Seeds { get; init; }

    /// <summary>Whether it founds the cluster where none of the other seeds answers.</summary>
    public required bool Founds { get; init; }

    /// <summary>Its certificates, and whose are trusted; null: it speaks plain text.</summary>
    public required TlsSettings? Tls { get; init; }

    /// <summary>The whole effective configuration, for Akka.NET.</summary>
    public required Config Config { get; init; }

    /// <summary>What a client of the same cluster needs to know.</summary>
    public ClientSettings Client => new(Seeds, Tls, Config);

    /// <summary>Whether it may be the first of a cluster whose other nodes look for it.</summary>
    public bool MayFound => Roles.Contains(NodeRole.Coordinator);

    /// <summary>Reads the keys of a node.</summary>
    public static NodeSettings Read(SettingsReader reader, Config config)
    {
        var keyName = reader.Text("r1reward.node.bulk.key-env");
        var key = keyName.Length > 0 ? Environment.GetEnvironmentVariable(keyName) ?? "" : "";
        if (keyName.Length > 0 && key.Length == 0)
        {
            reader.Refuse(
                "r1reward.node.bulk.key-env",
                "the environment has no such variable; set it, or leave the key empty on loopback");
        }

        var bulk = new BulkOptions(
            reader.Text("r1reward.node.bulk.host"),
            reader.Whole("r1reward.node.bulk.port", 0, 65535),
            key,
            Cache(reader))
        {
            EverywhereAs = AddressCheck.OwnHost(reader),
        };
        var tls = TlsSettings.Read(reader);
        if (keyName.Length == 0 && tls is null && !bulk.IsLoopback)
        {
            reader.Refuse("r1reward.node.bulk.host", BulkOptions.WantsKey);
        }

        if (bulk.Port > 0 && reader.Text(AddressCheck.Port) == $"{bulk.Port}")
        {
            reader.Refuse("r1reward.node.bulk.port", $"{AddressCheck.Port} is the same; write another, or 0 for any");
        }

        EngineCheck.Check(reader);
        AddressCheck.Check(reader, SystemName);
        return new NodeSettings
        {
            Roles = reader.ListOf<NodeRole>("r1reward.node.roles"),
            RolloutWorkers = reader.Whole("r1reward.node.rollout-workers", 1, 64),
            Bulk = bulk,
            Http = HttpEndpoint.Read(reader),
            JoinTimeout = reader.Duration("r1reward.node.join-timeout"),
            Heartbeat = reader.Duration("r1reward.work.heartbeat"),
            RunsFolder = Path.GetFullPath(reader.Text("r1reward.run.folder")),
            Seeds = reader.List("akka.cluster.seed-nodes"),
            Founds = reader.Flag("r1reward.node.found"),
            Tls = tls,
            Config = config,
        };
    }

    /// <summary>
    /// Tries on this machine what the node is to do here: a mistake is reported before anything starts.
    /// </summary>
    /// <param name="reader">The configuration.</param>
    /// <param name="mayFound">Whether the node may be the first of its cluster.</param>
    /// <param name="time">Measures how long absent seeds of this machine are waited for.</param>
    /// <exception cref="Data.UserErrorException">
    /// A port is in use, an address is not one of this machine or of any, a certificate cannot be used.
    /// </exception>
    public static async Task CheckMachineAsync(SettingsReader reader, bool mayFound, TimeProvider time)
    {
        await new MachineCheck(reader).RunAsync(mayFound, time);
        reader.ThrowIfWrong();
    }

    private static string Cache(SettingsReader reader) => reader.File("r1reward.node.cache") is { Length: > 0 } folder
        ? folder
        : Path.Combine(Path.GetTempPath(), $"r1reward-{Environment.UserName}", "blobs");
}
