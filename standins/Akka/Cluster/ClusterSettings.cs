using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>`akka.cluster`.</summary>
public sealed class ClusterSettings
{
    public ClusterSettings(Config config, string systemName)
    {
        var cluster = config.GetConfig("akka.cluster");
        SeedNodes = [.. cluster.GetStringList("seed-nodes").Select(Address.Parse)];
        if (SeedNodes.FirstOrDefault(s => s.System != systemName) is { } stranger)
            throw new ConfigurationException($"akka.cluster.seed-nodes: [{stranger}] names another actor system than [{systemName}]");
        SeedNodeTimeout = cluster.GetTimeSpan("seed-node-timeout");
        RetryUnsuccessfulJoinAfter = OrOff(cluster, "retry-unsuccessful-join-after");
        ShutdownAfterUnsuccessfulJoinSeedNodes = OrOff(cluster, "shutdown-after-unsuccessful-join-seed-nodes");
        GossipInterval = cluster.GetTimeSpan("gossip-interval");
        LeaderActionsInterval = cluster.GetTimeSpan("leader-actions-interval");
        UnreachableNodesReaperInterval = cluster.GetTimeSpan("unreachable-nodes-reaper-interval");
        Roles = [.. cluster.GetStringList("roles")];
        MinNrOfMembers = cluster.GetInt("min-nr-of-members");
        MinNrOfMembersOfRole = cluster.GetConfig("role")?.Root.GetObject().Items.Keys
            .ToImmutableDictionary(r => r, r => cluster.GetInt($"role.{r}.min-nr-of-members")) ?? ImmutableDictionary<string, int>.Empty;
        RunCoordinatedShutdownWhenDown = cluster.GetBoolean("run-coordinated-shutdown-when-down");
        LogInfo = cluster.GetBoolean("log-info");
        // "on" stands for the default of the official reference configuration.
        WeaklyUpAfter = cluster.GetString("allow-weakly-up-members").ToLowerInvariant() switch
        {
            "off" or "false" => TimeSpan.Zero,
            "on" or "true" => TimeSpan.FromSeconds(7),
            _ => cluster.GetTimeSpan("allow-weakly-up-members"),
        };
        FailureDetector = FailureDetectorSettings.From(cluster.GetConfig("failure-detector"));
        Downing = DowningSettings.From(cluster.GetConfig("split-brain-resolver"));
        DownRemovalMargin = OrOff(cluster, "down-removal-margin") ?? Downing.StableAfter;
    }

    public ImmutableList<Address> SeedNodes { get; }
    public TimeSpan SeedNodeTimeout { get; }
    public TimeSpan? RetryUnsuccessfulJoinAfter { get; }
    public TimeSpan? ShutdownAfterUnsuccessfulJoinSeedNodes { get; }
    public TimeSpan GossipInterval { get; }
    public TimeSpan LeaderActionsInterval { get; }
    public TimeSpan UnreachableNodesReaperInterval { get; }
    public ImmutableHashSet<string> Roles { get; }
    public int MinNrOfMembers { get; }
    public ImmutableDictionary<string, int> MinNrOfMembersOfRole { get; }
    public bool RunCoordinatedShutdownWhenDown { get; }
    public bool LogInfo { get; }
    public TimeSpan WeaklyUpAfter { get; }
    internal FailureDetectorSettings FailureDetector { get; }
    internal DowningSettings Downing { get; }

    /// <summary>How long a singleton waits after a member's removal; stable-after if not configured.</summary>
    internal TimeSpan DownRemovalMargin { get; }

    private static TimeSpan? OrOff(Config config, string key) =>
        config.GetString(key).ToLowerInvariant() is "off" or "false" or "" ? null : config.GetTimeSpan(key);
}
